// Which moments of the whole are loaded in all files. In seconds.
import type { Member } from './group-playback.ts'

export type Stretch = readonly [from: number, to: number]

/** What lies before a file and behind it needs nothing of it. */
function withOutside(video: HTMLVideoElement, offset: number): Stretch[] {
  const { buffered, duration } = video
  const inside = Array.from({ length: buffered.length }, (_, n): Stretch => {
    return [buffered.start(n) + offset, buffered.end(n) + offset]
  })
  const end = Number.isFinite(duration) ? duration : 0
  return [[0, offset], ...inside, [end + offset, Number.POSITIVE_INFINITY]]
}

/** Stretches that touch are one. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const all: Stretch[] = []
  for (const [from, to] of stretches) {
    const last = all.at(-1)
    if (last && from <= last[1] + TOUCH_S) all[all.length - 1] = [last[0], Math.max(last[1], to)]
    else all.push([from, to])
  }
  return all
}

/** A file says the end of what is loaded and its length to different digits. */
const TOUCH_S = 0.1

export function intersect(some: readonly Stretch[], others: readonly Stretch[]): Stretch[] {
  return some.flatMap(([from, to]) =>
    others
      .map(([otherFrom, otherTo]): Stretch => [Math.max(from, otherFrom), Math.min(to, otherTo)])
      .filter(([start, end]) => start < end),
  )
}

export function bufferedOf(members: readonly Member[], length: number): TimeRanges {
  const whole: readonly Stretch[] = [[0, length]]
  const loaded = members.map(({ video, offsetMs }) => joined(withOutside(video, offsetMs / 1000)))
  return rangesFrom(loaded.reduce(intersect, whole))
}

/** As a media element gives them. */
export function rangesFrom(stretches: readonly Stretch[]): TimeRanges {
  return {
    length: stretches.length,
    start: (n) => stretches[n]?.[0] ?? 0,
    end: (n) => stretches[n]?.[1] ?? 0,
  }
}
