// Plays one recording, says what is missing from it, and offers to keep or delete it.

import type { Gap } from '@holdfast/protocol'
import { useEffect, useRef, useState } from 'preact/hooks'
import { AfterBar } from '../after/after-bar.tsx'
import type { FindVideo } from '../after/trim-editor.tsx'
import { formatClock } from '../format/duration.ts'
import { Together } from '../group/together.tsx'
import { LivePlayer } from '../live/live-player.tsx'
import { Dialog } from '../shell/dialog.tsx'
import { openedId, refreshRecording, rows } from '../store/library.ts'
import { toast } from '../store/speech.ts'
import { t } from '../strings/strings.ts'
import { receiptUrl } from './beside-media.ts'
import { hasSeveralParts, type Part, partsOf } from './parts.ts'
import { PartsPlayer } from './parts-player.tsx'
import { RecordingFacts, RecordingState, titleOf } from './recording-row.tsx'
import { finalizeRecording, type RecordingInfo } from './recordings-client.ts'
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
  return <VideoPlayer address={address} title={titleOf(info)} trim={info.trim} />
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

const ACTIONS = ['download', 'link', 'trim', 'rename', 'delete'] as const

function Actions({ info, video }: InfoProps & { video: FindVideo }) {
  const receipt = receiptUrl(info)
  const read = () => refreshRecording(info.id)
  return (
    <AfterBar info={info} actions={ACTIONS} video={video} onChanged={read}>
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
    </AfterBar>
  )
}

function Opened({ id }: { id: string }) {
  const isFresh = useFreshLook(id)
  const body = useRef<HTMLDivElement>(null)
  const info = rows.value.find((row) => row.id === id)
  if (!info) return null
  const close = () => {
    openedId.value = null
  }
  return (
    <Dialog heading={titleOf(info)} onClose={close}>
      <div class="player-body" ref={body}>
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
        <Actions info={info} video={() => body.current?.querySelector('video') ?? null} />
      </div>
    </Dialog>
  )
}

export function PlayerDialog() {
  return openedId.value && <Opened key={openedId.value} id={openedId.value} />
}
