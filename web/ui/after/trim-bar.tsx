// A bar with two handles. Each handle is the browser's own slider, so that keys, fingers and screen readers work as
// everywhere.
import type { Trim } from '@holdfast/protocol'
import { useEffect, useRef } from 'preact/hooks'
import { formatPlace } from '../format/duration.ts'
import { afterWords } from '../strings/after-words.ts'
import { moveEnd, moveStart } from './trim.ts'

/** A press of an arrow key. */
const STEP_MS = 100

/** The end of the bar: a slider stands on whole steps only, and must reach it. */
const barMs = (durationMs: number): number => Math.ceil(durationMs / STEP_MS) * STEP_MS

type TrimBarProps = {
  trim: Trim
  durationMs: number
  /** Where the player stands; null = there is none. */
  playheadMs: number | null
  /** While a handle moves: to there. */
  onMove: (trim: Trim, toMs: number) => void
  /** It was let go. */
  onSettle: () => void
}

type HandleProps = {
  label: string
  valueMs: number
  durationMs: number
  move: (toMs: number) => number
  onSettle: () => void
}

function Handle({ label, valueMs, durationMs, move, onSettle }: HandleProps) {
  return (
    <input
      type="range"
      class="trim-handle"
      aria-label={label}
      aria-valuetext={formatPlace(valueMs)}
      min={0}
      max={barMs(durationMs)}
      step={STEP_MS}
      value={valueMs}
      onInput={({ currentTarget }) => {
        // Where it may not go it stays, whatever the finger does.
        currentTarget.value = String(move(currentTarget.valueAsNumber))
      }}
      onChange={onSettle}
    />
  )
}

export function TrimBar({ trim, durationMs, playheadMs, onMove, onSettle }: TrimBarProps) {
  const bar = useRef<HTMLDivElement>(null)
  const share = (ms: number) => Math.min(1, ms / barMs(durationMs))
  useEffect(() => {
    const { style } = bar.current ?? {}
    style?.setProperty('--from', String(share(trim.startMs)))
    style?.setProperty('--to', String(share(trim.endMs)))
    style?.setProperty('--at', String(share(playheadMs ?? 0)))
  })
  const start = (toMs: number) => {
    const moved = moveStart(trim, toMs, durationMs)
    onMove(moved, moved.startMs)
    return moved.startMs
  }
  const end = (toMs: number) => {
    const moved = moveEnd(trim, toMs, durationMs)
    onMove(moved, moved.endMs)
    return moved.endMs
  }
  return (
    <div class="trim-bar" ref={bar}>
      <span class="trim-kept" aria-hidden="true" />
      {playheadMs !== null && <span class="trim-playhead" aria-hidden="true" />}
      <Handle
        label={afterWords.trim.start}
        valueMs={trim.startMs}
        {...{ durationMs, onSettle }}
        move={start}
      />
      <Handle
        label={afterWords.trim.end}
        valueMs={trim.endMs}
        {...{ durationMs, onSettle }}
        move={end}
      />
    </div>
  )
}
