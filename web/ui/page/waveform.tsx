// The sound as a picture: where it is loud, where something is missing, where the player is. A click seeks. It is for the
// eye and the pointer; who cannot see it has the slider of the player, and a sentence.
import { useComputed } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { formatClock } from '../format/duration.ts'
import { pageWords } from '../strings/page-words.ts'
import type { Seen } from './detail.ts'
import { barsOf, lengthMsOf, type Peaks, silentMs } from './peaks.ts'
import { readPeaks } from './peaks-client.ts'
import type { Playhead } from './playhead.ts'
import { useDrawing } from './use-drawing.ts'
import { secondsOf } from './verdict.ts'
import { drawWave } from './wave-canvas.ts'

const words = pageWords.waveform

type Known = Peaks | 'none' | 'waiting' | null

function usePeaks(seen: Seen, version: number): Known {
  const [known, setKnown] = useState<Known>(null)
  useEffect(() => {
    if (version === 0) return undefined
    const leaving = new AbortController()
    readPeaks(seen, version, { stop: leaving.signal, onWait: () => setKnown('waiting') }).then(
      (peaks) => !leaving.signal.aborted && setKnown(peaks ?? 'none'),
      // No answer: nothing is drawn; the page says elsewhere that the server is away.
      () => setKnown((before) => (before === 'waiting' ? null : before)),
    )
    return () => leaving.abort()
  }, [seen.id, version])
  return known
}

function soundWords(peaks: Peaks): string {
  const [length, silent] = [lengthMsOf(peaks), silentMs(peaks)]
  if (silent > 0.98 * length) return words.silent
  const clock = formatClock(length)
  const said = silent < 1000 ? words.loud(clock) : words.partly(secondsOf(silent), clock)
  return `${said} ${words.seek}`
}

/** Drawn anew when width, scheme or sound change; the playhead moves above it. */
function useWave(peaks: Peaks, lengthMs: number) {
  const draw = (canvas: HTMLCanvasElement) => {
    const count = Math.max(1, Math.floor(canvas.clientWidth / 3))
    drawWave(canvas, barsOf(peaks, lengthMs, count))
  }
  return useDrawing(draw, [peaks, lengthMs])
}

type WaveProps = {
  peaks: Peaks
  lengthMs: number
  playhead: Playhead
  /** What lies on it: gaps, marks, trim. */
  children: ComponentChildren
}

function Wave({ peaks, lengthMs, playhead, children }: WaveProps) {
  const canvas = useWave(peaks, lengthMs)
  const place = useComputed(() => `${Math.min(100, (100 * playhead.atMs.value) / lengthMs)}%`)
  const seekTo = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    const share = Math.min(1, Math.max(0, (event.clientX - left) / width))
    playhead.seek(share * lengthMs)
  }
  return (
    <>
      <div
        class="wave"
        // Time runs from left to right, as in the player, whatever the language.
        dir="ltr"
        aria-hidden="true"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          seekTo(event)
        }}
        onPointerMove={(event) => {
          if (event.buttons === 1) seekTo(event)
        }}
      >
        <canvas ref={canvas} />
        {children}
        <span class="wave-head" style={{ insetInlineStart: place.value }} />
      </div>
      <p class="unseen">{soundWords(peaks)}</p>
    </>
  )
}

type WaveformProps = Omit<WaveProps, 'peaks'> & { seen: Seen; version: number }

export function Waveform({ seen, version, ...rest }: WaveformProps) {
  const peaks = usePeaks(seen, version)
  if (peaks === 'waiting') return <p class="soft wave-waiting">{words.making}</p>
  if (peaks === null || peaks === 'none' || peaks.length === 0) return null
  return <Wave peaks={peaks} {...rest} />
}
