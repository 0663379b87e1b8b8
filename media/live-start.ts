// Owns where a viewer joins a recording that goes on: the last place from which everything behind it can be played, with
// nothing but the container's header in front. The bytes from there on are as recorded; no file is laid out.

import type { ChunkIndex } from './index-chunk.ts'
import type { Mp4ChunkIndex } from './index-mp4.ts'
import type { WebmChunkIndex } from './index-webm.ts'

/** A chunk near the end of a take. `index` null = not known yet. */
export type TailChunk = {
  readonly bytes: number
  /** It begins an element or box, as its sender said. */
  readonly aligned: boolean
  readonly index: ChunkIndex | null
}

/** `skip` bytes into the chunk with this place in the list. */
export type LiveStart = { readonly at: number; readonly skip: number }

/**
 * The latest start in chunks that follow each other, their header left aside: in WebM the Cluster of the last
 * keyframe, in MP4 the last chunk that begins with one. Null when there is none among them.
 */
export function findLiveStart(chunks: readonly TailChunk[]): LiveStart | null {
  for (let at = chunks.length - 1; at >= 0; at--) {
    const index = chunks[at]?.index
    if (!index) continue
    const start = 'runs' in index ? startOfMp4(chunks, at, index) : startOfWebm(chunks, at, index)
    if (start) return start
  }
  return null
}

function startOfWebm(
  chunks: readonly TailChunk[],
  at: number,
  { cues, clusters }: WebmChunkIndex,
): LiveStart | null {
  const cue = cues.at(-1)
  if (!cue) return null
  const mark = clusters[cue.cluster]
  if (mark) return placeOf(chunks, at, mark.offset)
  // The keyframe lies in a Cluster that began in an earlier chunk.
  for (let before = at - 1; before >= 0; before--) {
    const index = chunks[before]?.index
    if (!index || !('clusters' in index)) return null
    const last = index.clusters.findLast(({ timecode }) => timecode !== null)
    if (last) return placeOf(chunks, before, last.offset)
  }
  return null
}

/** A Cluster may have begun before the chunk that completed its head. */
function placeOf(chunks: readonly TailChunk[], from: number, offset: number): LiveStart | null {
  let at = from
  let skip = offset
  while (skip < 0) {
    at -= 1
    const before = chunks[at]
    if (!before) return null
    skip += before.bytes
  }
  return { at, skip }
}

function startOfMp4(
  chunks: readonly TailChunk[],
  at: number,
  { runs, after }: Mp4ChunkIndex,
): LiveStart | null {
  if (!chunks[at]?.aligned) return null
  const video = after.mp4.clocks.find(({ kind }) => kind === 'video')
  const first = runs.find(({ track }) => video === undefined || track === video.number)
  return first?.syncs[0] === 1 ? { at, skip: 0 } : null
}
