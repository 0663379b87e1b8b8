// Owns what the server remembers of a chunk so that it never has to read it again to lay out the file, for every
// container, and the choice between them. The first byte of the take decides who reads it.

import { beginsMp4 } from './container.ts'
import {
  indexMp4,
  type Mp4ChunkIndex,
  type Mp4IndexState,
  resumeMp4Index,
  startMp4Index,
} from './index-mp4.ts'
import {
  indexWebm,
  resumeWebmIndex,
  startRawIndex,
  startWebmIndex,
  type WebmChunkIndex,
  type WebmIndexState,
} from './index-webm.ts'
import { mp4EndMs, startMp4 } from './mp4-state.ts'
import { clocksEndNs } from './track-clock.ts'
import { NO_HINTS } from './webm-recovery.ts'

/** What of a track this chunk completed: decode times of the earliest and latest packet. */
export type TrackSpan = {
  readonly track: number
  readonly firstMs: number
  readonly lastMs: number
}

/** Everything the next chunk's index depends on; `container` says what the take is. */
export type IndexState = WebmIndexState | Mp4IndexState

/** `header` is the container's header, in the index of the chunk that completed it (init included), else null. */
export type ChunkIndex = WebmChunkIndex | Mp4ChunkIndex

/**
 * The state before chunk 0. `init` is the take's header as the client split it off, or null when it is inside the
 * chunks; both lead to the same file.
 */
export function startIndex(init: Uint8Array | null): IndexState {
  if (!init || !beginsMp4(init)) return startWebmIndex(init)
  // `received` counts from chunk 0, so it is 0 behind the init.
  return startMp4Index(init) ?? startRawIndex(0, 'bad_element')
}

/** What the sender of a chunk says about its first byte: hints, checked against the bytes. */
export type ChunkHints = {
  /** It begins an element or box. */
  readonly aligned: boolean
  /** Timecode in ms of the Cluster it belongs to; null = unknown. */
  readonly clusterMs: number | null
}

/**
 * The state before a chunk behind a hole. It depends on these alone and on nothing in front of the hole, so that filling
 * another hole leaves the indexes behind this one true; take offsets count from this chunk.
 * @param header the container's header: a complete init, or `header` of the index that completed it; null = unknown
 * @returns a `raw` state when nothing can be read without the header
 */
export function resumeIndex(header: Uint8Array | null, hints: ChunkHints): IndexState {
  if (!header) return startRawIndex(0, 'header_incomplete')
  if (!beginsMp4(header)) return resumeWebmIndex(header, hints)
  return resumeMp4Index(header) ?? startRawIndex(0, 'bad_element')
}

/**
 * Indexes the next chunk of a take; `bytes` may be empty and cut anywhere. Never throws: a take that cannot be
 * understood becomes `raw`, and media that cannot be understood is left out of the playable part.
 */
export function indexChunk(
  state: IndexState,
  bytes: Uint8Array,
  hints: ChunkHints = NO_HINTS,
): { index: ChunkIndex; state: IndexState } {
  const index = indexNext(state, bytes, hints)
  return { index, state: index.after }
}

/** Media time in ms at the end of everything indexed so far, the last packet's duration included; null = none. */
export function mediaEndMs(state: IndexState): number | null {
  if ('mp4' in state) return mp4EndMs(state.mp4.clocks)
  const endNs = clocksEndNs(state.clocks, state.scaleNs)
  return endNs === null ? null : Math.round(endNs / 1e6)
}

function indexNext(state: IndexState, bytes: Uint8Array, hints: ChunkHints): ChunkIndex {
  if ('mp4' in state) {
    const { received } = state.mp4
    return indexMp4(state, bytes) ?? indexWebm(startRawIndex(received, 'not_mp4'), bytes, hints)
  }
  const isFirst = state.webm.received === 0 && state.webm.held.length === 0
  if (!isFirst || !beginsMp4(bytes) || state.container !== 'pending')
    return indexWebm(state, bytes, hints)
  return indexNext({ container: 'pending', mp4: startMp4() }, bytes, hints)
}
