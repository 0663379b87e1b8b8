// Where a long recording is cut to be coded in parts: at keyframes, so that each part can be decoded by itself, and by time, so
// that each frame is in exactly one of them, wherever it lies in the file.
import type { OpenedMedia } from '../media-file/media-files.ts'

export type MediaPart = {
  /** Frames from here on; null = from the first. */
  readonly fromMs: number | null
  /** Up to here and not beyond; null = to the last. */
  readonly toMs: number | null
  /** Bytes [at, to) of the virtual file, behind its header, hold all of them. */
  readonly at: number
  readonly to: number
}

type Cuttable = Pick<OpenedMedia, 'container' | 'keyframes' | 'headBytes' | 'size'>
type Cut = Cuttable['keyframes'][number]

/**
 * Parts of at least `partMs` each. A WebM only: its Clusters can be read from any of them on, the samples of an MP4
 * through a pipe only from its first.
 */
export function planParts(media: Cuttable, partMs: number): MediaPart[] {
  const { keyframes, headBytes, size } = media
  const cuts = media.container === 'webm' ? findCuts(keyframes, partMs) : []
  const begin = (n: number) => cuts[n - 1] ?? { ms: null, at: headBytes }
  return Array.from({ length: cuts.length + 1 }, (_, n) => {
    const next = cuts[n]
    return {
      fromMs: begin(n).ms,
      toMs: next?.ms ?? null,
      at: begin(n).at,
      // The Cluster of a keyframe may hold frames in front of it.
      to: keyframes.find(({ at }) => next !== undefined && at > next.at)?.at ?? size,
    }
  })
}

function findCuts(keyframes: readonly Cut[], partMs: number): Cut[] {
  const cuts: Cut[] = []
  let beginMs = keyframes[0]?.ms ?? 0
  for (const keyframe of keyframes) {
    if (keyframe.ms < beginMs + partMs) continue
    cuts.push(keyframe)
    beginMs = keyframe.ms
  }
  return cuts
}
