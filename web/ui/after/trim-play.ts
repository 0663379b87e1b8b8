// A player that begins and ends where a recording's trim says. It only steers: who goes elsewhere by hand sees what is
// there.
import type { Trim } from '@holdfast/protocol'
import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'

/** A player that was stopped at the end stands at most so far from it. */
const NEAR_S = 0.3

/** Until `signal` aborts. */
export function keepInside(video: HTMLVideoElement, trim: Trim, signal: AbortSignal): void {
  const [startS, endS] = [trim.startMs / 1000, trim.endMs / 1000]
  let beforeS = video.currentTime
  const begin = () => {
    if (video.currentTime < startS && video.paused) video.currentTime = startS
  }
  const follow = () => {
    // Played over the end, not gone there by hand: a seek is no step of a second.
    const isOver = beforeS < endS && video.currentTime >= endS && video.currentTime - beforeS < 1
    beforeS = video.currentTime
    if (isOver && !video.paused && !video.seeking) video.pause()
  }
  const playAgain = () => {
    if (Math.abs(video.currentTime - endS) < NEAR_S) video.currentTime = startS
  }
  if (video.readyState >= HTMLMediaElement.HAVE_METADATA) begin()
  video.addEventListener('loadedmetadata', begin, { signal })
  video.addEventListener('timeupdate', follow, { signal })
  video.addEventListener('play', playAgain, { signal })
}

/** null and undefined: all of it. */
export function useTrim(
  video: RefObject<HTMLVideoElement | null>,
  trim: Trim | null | undefined,
): void {
  const [startMs, endMs] = [trim?.startMs, trim?.endMs]
  useEffect(() => {
    if (!video.current || startMs === undefined || endMs === undefined) return
    const leaving = new AbortController()
    keepInside(video.current, { startMs, endMs }, leaving.signal)
    return () => leaving.abort()
  }, [startMs, endMs])
}
