// Where a recording begins and ends when it is played: two handles, or the place where the player stands. Saved as soon as
// a handle is let go.
import type { Trim } from '@holdfast/protocol'
import { useEffect, useRef, useState } from 'preact/hooks'
import { formatPlace } from '../format/duration.ts'
import type { RecordingInfo } from '../library/recordings-client.ts'
import { say } from '../store/speech.ts'
import { afterWords } from '../strings/after-words.ts'
import { editRecording, reasonOf } from './edits-client.ts'
import { type Outcome, Said } from './said.tsx'
import { isWhole, moveEnd, moveStart, shownTrim, storedTrim } from './trim.ts'
import { TrimBar } from './trim-bar.tsx'

/** The player beside it; null while there is none. */
export type FindVideo = () => HTMLVideoElement | null

type TrimProps = {
  info: Pick<RecordingInfo, 'id' | 'durationMs' | 'trim'>
  video: FindVideo
  /** Reads the recording again, where this does not come by itself. */
  onChanged?: (() => Promise<unknown>) | undefined
}

/** Of the player, in ms. */
function usePlayhead(video: FindVideo): number | null {
  const [atMs, setAt] = useState<number | null>(null)
  useEffect(() => {
    const found = video()
    if (!found) return
    const leaving = new AbortController()
    const { signal } = leaving
    const read = () => setAt(found.currentTime * 1000)
    read()
    for (const type of ['timeupdate', 'seeking', 'loadedmetadata'])
      found.addEventListener(type, read, { signal })
    return () => leaving.abort()
  }, [])
  return atMs
}

/** What is shown: as it is stored until somebody moves it. Saves are sent one after the other, the last one always. */
function useTrimEdit({ info, onChanged }: Pick<TrimProps, 'info' | 'onChanged'>) {
  const durationMs = info.durationMs ?? 0
  const [trim, setTrim] = useState(() => shownTrim(info.trim, durationMs))
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const newest = useRef(trim)
  const saving = useRef<Promise<void>>(Promise.resolve())
  const move = (moved: Trim) => {
    newest.current = moved
    setTrim(moved)
    setOutcome(null)
  }
  const save = async () => {
    const sent = newest.current
    try {
      await editRecording(info.id, { trim: storedTrim(sent, durationMs) })
      setOutcome({ text: afterWords.trim.saved, isGood: true })
      say(afterWords.trim.saved)
    } catch (error) {
      setOutcome({ text: afterWords.trim.failed(reasonOf(error)), isGood: false })
    }
    await onChanged?.()
  }
  const settle = () => {
    saving.current = saving.current.then(save)
  }
  return { trim, durationMs, outcome, move, settle }
}

function words(trim: Trim, durationMs: number): string {
  if (isWhole(trim, durationMs)) return afterWords.trim.all
  const [from, to] = [formatPlace(trim.startMs), formatPlace(trim.endMs)]
  return afterWords.trim.kept(from, to, formatPlace(trim.endMs - trim.startMs))
}

export function TrimEditor({ info, video, onChanged }: TrimProps) {
  const { trim, durationMs, outcome, move, settle } = useTrimEdit({ info, onChanged })
  const playheadMs = usePlayhead(video)
  const show = (toMs: number) => {
    const found = video()
    if (found?.paused) found.currentTime = toMs / 1000
  }
  const set = (moved: Trim) => {
    move(moved)
    settle()
  }
  return (
    <fieldset class="trim">
      <legend class="unseen">{afterWords.trim.heading}</legend>
      <p class="digits">{words(trim, durationMs)}</p>
      <TrimBar
        {...{ trim, durationMs, playheadMs }}
        onMove={(moved, toMs) => {
          move(moved)
          show(toMs)
        }}
        onSettle={settle}
      />
      <div class="trim-actions">
        <button
          type="button"
          class="button"
          disabled={playheadMs === null}
          onClick={() => set(moveStart(trim, playheadMs ?? 0, durationMs))}
        >
          {afterWords.trim.startHere}
        </button>
        <button
          type="button"
          class="button"
          disabled={playheadMs === null}
          onClick={() => set(moveEnd(trim, playheadMs ?? durationMs, durationMs))}
        >
          {afterWords.trim.endHere}
        </button>
        <button
          type="button"
          class="button quiet"
          disabled={isWhole(trim, durationMs)}
          onClick={() => set({ startMs: 0, endMs: durationMs })}
        >
          {afterWords.trim.whole}
        </button>
      </div>
      <Said outcome={outcome} hint={afterWords.trim.hint} />
    </fieldset>
  )
}
