// Plays one recording, says what is missing from it, and offers to keep or delete it.

import type { Gap } from '@holdfast/protocol'
import { useEffect, useState } from 'preact/hooks'
import { formatClock } from '../format/duration.ts'
import { Together } from '../group/together.tsx'
import { LivePlayer } from '../live/live-player.tsx'
import { Dialog } from '../shell/dialog.tsx'
import { Icon } from '../shell/icon.tsx'
import { deleteWithUndo } from '../store/deletions.ts'
import { openedId, refreshRecording, rows } from '../store/library.ts'
import { toast } from '../store/speech.ts'
import { t } from '../strings/strings.ts'
import { receiptUrl } from './beside-media.ts'
import { Mp4Action } from './mp4-action.tsx'
import { hasSeveralParts, isOneFile, type Part, partsOf } from './parts.ts'
import { PartsPlayer } from './parts-player.tsx'
import { RecordingFacts, RecordingState, titleOf } from './recording-row.tsx'
import { downloadUrl, finalizeRecording, type RecordingInfo } from './recordings-client.ts'
import { isPlayable, wordStatus } from './status-wording.ts'
import { VideoPlayer } from './video-player.tsx'

type InfoProps = { info: RecordingInfo }

/** The address is signed anew with each look at the recording: the one that plays stays. */
function Player({ info }: InfoProps) {
  const [address] = useState(info.mediaUrl)
  if (info.status === 'recording' && info.mediaUrl && 'MediaSource' in globalThis) {
    return <LivePlayer info={info} title={titleOf(info)} />
  }
  const [first, ...others] = partsOf(info) ?? []
  if (first && others.length > 0) {
    return <PartsPlayer parts={[first, ...others]} title={titleOf(info)} />
  }
  if (!address || !isPlayable(info.status)) return <p>{t.player.noMedia}</p>
  return <VideoPlayer address={address} title={titleOf(info)} />
}

/** Another version is another file, and so is what is not live any more. */
const keyOf = ({ version, mediaUrl, status }: RecordingInfo) =>
  `${version} ${mediaUrl !== null} ${status === 'recording'}`

/** Looks at the recording once more before it plays: the row's address may be of an earlier moment. */
function useFreshLook(id: string): boolean {
  const [isFresh, setFresh] = useState(false)
  useEffect(() => {
    void refreshRecording(id).then(() => setFresh(true))
  }, [id])
  return isFresh
}

/** Times count from the beginning of what is played: of the file, or of their part. */
function gapText(
  { fromMs, toMs, take }: Gap,
  { played = [] }: RecordingInfo,
  parts: readonly Part[],
): string | null {
  if (fromMs === null || toMs === null) return null
  const part = parts.length > 1 && parts.find((one) => one.take === take)
  const startMs = (part && played.find((one) => one.take === take)?.startMs) || 0
  const place = t.player.gap(formatClock(fromMs - startMs), formatClock(toMs - startMs))
  return part ? t.player.partGap(place, part.number) : place
}

/** Where parts are files to choose from, what is missing inside them is not called a part. */
function conditionWords(info: RecordingInfo) {
  // The live player says by itself that it is one.
  const hint = info.status === 'recording' ? null : wordStatus(info.status, info.reason).hint
  if (!hasSeveralParts(info)) return { hint, gaps: t.player.gaps }
  const isIncomplete = info.status === 'incomplete'
  return { hint: isIncomplete ? t.player.partsIncomplete : hint, gaps: t.player.partGaps }
}

function Condition({ info }: InfoProps) {
  const words = conditionWords(info)
  const gaps = info.gaps ?? []
  const parts = partsOf(info) ?? []
  const places = gaps.map((gap) => gapText(gap, info, parts)).filter((text) => text !== null)
  if (!words.hint && gaps.length === 0) return null
  return (
    <p class="soft">
      {words.hint} {gaps.length > 0 && words.gaps(gaps.length)}
      {places.length > 0 && `: ${places.join(', ')}`}
    </p>
  )
}

async function finishNow({ id }: RecordingInfo): Promise<void> {
  try {
    await finalizeRecording(id)
  } catch {
    toast(t.player.finalizeFailed)
  }
  await refreshRecording(id)
}

function Actions({ info }: InfoProps) {
  const receipt = receiptUrl(info)
  return (
    <div class="actions">
      {info.mediaUrl && isOneFile(info) && (
        <a class="button main" href={downloadUrl(info.mediaUrl)} download>
          <Icon name="download" />
          {t.library.download}
        </a>
      )}
      {isOneFile(info) && <Mp4Action info={info} />}
      {info.status === 'failed' && (
        <button type="button" class="button" onClick={() => void finishNow(info)}>
          {t.player.finalize}
        </button>
      )}
      {receipt && (
        <a class="button quiet" href={receipt} title={t.player.receiptHint} download>
          {t.player.receipt}
        </a>
      )}
      <button type="button" class="button danger" onClick={() => void deleteWithUndo(info)}>
        <Icon name="trash" />
        {t.library.delete}
      </button>
    </div>
  )
}

function Opened({ id }: { id: string }) {
  const isFresh = useFreshLook(id)
  const info = rows.value.find((row) => row.id === id)
  if (!info) return null
  const close = () => {
    openedId.value = null
  }
  return (
    <Dialog heading={titleOf(info)} onClose={close}>
      <div class="player-body">
        {isFresh ? (
          <Together info={info}>
            <Player key={keyOf(info)} info={info} />
          </Together>
        ) : (
          <div class="player" />
        )}
        <p class="player-facts">
          <RecordingFacts info={info} />
          <RecordingState info={info} />
        </p>
        <Condition info={info} />
        <Actions info={info} />
      </div>
    </Dialog>
  )
}

export function PlayerDialog() {
  return openedId.value && <Opened key={openedId.value} id={openedId.value} />
}
