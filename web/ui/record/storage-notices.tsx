// Where what is recorded lies while the server does not have it, and what that is worth: said as it is, never better.

import { formatBits } from '../format/bits.ts'
import { roughDuration } from '../format/duration.ts'
import { Notice } from '../shell/notice.tsx'
import { current, isCapturing } from '../store/phase.ts'
import { source } from '../store/source.ts'
import { neededBits, room } from '../store/storage-room.ts'
import { measuredBits } from '../store/upload-rate.ts'
import type { UploadView } from '../store/upload-view.ts'
import { sayError } from '../strings/say-error.ts'
import { t } from '../strings/strings.ts'

const LOW_MINUTES = 15
/** The first connection takes a moment. */
const FIRST_TRY_MS = 2_000

const isAway = ({ connection, progress }: UploadView) =>
  !connection.value.online && progress.value.recordedMs >= FIRST_TRY_MS

/** A part is gone, or the server refuses for good: the rest goes on. */
function RefusalNotice({ view }: { view: UploadView }) {
  if (!view.refusal.value) return null
  return (
    <Notice tone="bad" role="alert">
      {sayError(view.refusal.value)} {t.notice.goesOn}
    </Notice>
  )
}

function PlaceNotice({ view }: { view: UploadView }) {
  // Refused for good it is not away: nothing is tried any more, and no connection helps.
  if (view.refusal.value) return null
  const lost = view.bufferLoss.value
  if (lost) {
    const text = isAway(view) ? t.notice.onlyInPage[lost] : t.notice[lost]
    return (
      <Notice tone="bad" role="alert">
        {text}
      </Notice>
    )
  }
  if (!isAway(view)) return null
  const mayBeCleared = room.value?.persisted === false
  return (
    <Notice tone="care">
      {t.connection.awayRecording} {mayBeCleared && t.connection.notPersisted}
    </Notice>
  )
}

/** So much waits although the server answers: the line is slower than what is recorded. */
const BEHIND_MS = 10_000

function BehindNotice({ view }: { view: UploadView }) {
  const measured = measuredBits.value
  const opened = source.value
  if (!opened || measured === null || isAway(view) || view.bufferLoss.value) return null
  const { recordedMs, ackedMs } = view.progress.value
  const needed = neededBits(opened.kind)
  if (recordedMs - ackedMs < BEHIND_MS || measured >= needed) return null
  const [rate, all] = [measured, needed].map((bits) => formatBits(bits, t.locale))
  return <Notice>{t.quality.behind(rate ?? '', all ?? '')}</Notice>
}

function RoomNotice() {
  const minutes = room.value?.minutes ?? null
  if (minutes === null || minutes > LOW_MINUTES) return null
  const time = roughDuration(minutes * 60_000, t.locale)
  return <Notice tone="care">{t.notice.storageLow(time)}</Notice>
}

export function StorageNotices() {
  const view = isCapturing.value ? current.value : null
  return (
    <>
      {view && <RefusalNotice view={view} />}
      {view && <PlaceNotice view={view} />}
      {view && <BehindNotice view={view} />}
      {!view?.bufferLoss.value && <RoomNotice />}
    </>
  )
}
