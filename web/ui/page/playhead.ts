// The video that plays, for those beside it: where it is, and how to go elsewhere.
import { type ReadonlySignal, signal } from '@preact/signals'

export type Playhead = {
  /** ms of the file; moves with each picture while it plays. */
  readonly atMs: ReadonlySignal<number>
  /** As the element says; null until it knows, and while a recording grows. */
  readonly lengthMs: ReadonlySignal<number | null>
  /** The element that plays from now on; null = none. */
  readonly follow: (video: HTMLVideoElement | null) => void
  readonly seek: (ms: number) => void
}

export function createPlayhead(): Playhead {
  const atMs = signal(0)
  const lengthMs = signal<number | null>(null)
  let current: HTMLVideoElement | null = null
  let leave: AbortController | null = null
  let frame = 0
  const read = () => {
    if (current) atMs.value = current.currentTime * 1000
  }
  const run = () => {
    cancelAnimationFrame(frame)
    read()
    if (current && !current.paused) frame = requestAnimationFrame(run)
  }
  const measure = () => {
    const seconds = current?.duration ?? Number.NaN
    lengthMs.value = Number.isFinite(seconds) ? seconds * 1000 : null
  }
  const follow = (video: HTMLVideoElement | null) => {
    if (video === current) return
    leave?.abort()
    cancelAnimationFrame(frame)
    current = video
    measure()
    if (!video) return
    leave = new AbortController()
    const { signal: gone } = leave
    for (const type of ['play', 'pause', 'timeupdate', 'seeked', 'seeking']) {
      video.addEventListener(type, run, { signal: gone })
    }
    video.addEventListener('durationchange', measure, { signal: gone })
  }
  const seek = (ms: number) => {
    if (current) current.currentTime = ms / 1000
    atMs.value = ms
  }
  return { atMs, lengthMs, follow, seek }
}
