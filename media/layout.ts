// Owns the shape of the virtual file: a header made anew in front of the media bytes where they lie.
// It must never need the media bytes themselves; indexes are enough.

import type { BytePatches } from './byte-patches.ts'
import { joinBytes } from './ebml-writer.ts'
import { layoutMp4 } from './layout-mp4.ts'
import { layoutWebm } from './layout-webm.ts'
import { containerOf, type LaidChunk, type RunTimes, splitRuns } from './take-runs.ts'
import type { TrackInfo } from './webm-tracks.ts'

/** Bytes of the file that are not in the store, or a byte range of the take (0 = first byte of chunk 0). */
export type FilePiece =
  | { readonly literal: Uint8Array }
  | { readonly from: number; readonly to: number }

/** A piece and its place: `at` is the offset of its first byte in the virtual file. */
export type Extent = FilePiece & { readonly at: number }

/** A file that exists only as a list of pieces. */
export type VirtualFile = {
  readonly container: 'webm' | 'mp4' | 'raw'
  /** The first bytes of the file; `extents` come after it, in order and without holes. */
  readonly header: Uint8Array
  readonly extents: readonly Extent[]
  /** Bytes of the whole file. */
  readonly size: number
  /** Null when it is unknown (raw). The last packet's own duration is counted. */
  readonly durationMs: number | null
  readonly tracks: readonly TrackInfo[]
  /** Places where playing can begin; `at` = offset of their Cluster (MP4: sample) in the virtual file. */
  readonly keyframes: readonly { readonly ms: number; readonly at: number }[]
  /** Take offset behind the last byte that is in the file; what lies after it was cut or unreadable. */
  readonly mediaEnd: number
  /** One for each run of chunks without a hole; null = nothing of it is in the file, or nobody knows when. */
  readonly runs: readonly (RunTimes | null)[]
  /** Bytes of the take that are others in the file: whoever reads a range of the take passes it through `patchBytes`. */
  readonly patches?: BytePatches
}

/** The stored chunks of one take in their order, holes marked. Take offsets count stored bytes only. */
export type TakeLayoutInput = {
  readonly init: Uint8Array | null
  readonly chunks: readonly LaidChunk[]
}

/**
 * The best file that these chunks allow: a seekable WebM or MP4, or the bytes as they came.
 * @throws MediaError only for indexes that do not belong together
 */
export function layoutTake(take: TakeLayoutInput): VirtualFile {
  const containers = splitRuns(take.chunks).map(containerOf)
  if (containers.includes('webm')) return layoutWebm(take)
  return containers.includes('mp4') ? layoutMp4(take) : layoutRaw(take)
}

/** Init and chunks as they came, for takes that are neither WebM nor fragmented MP4. */
export function layoutRaw({ init, chunks }: TakeLayoutInput): VirtualFile {
  const header = joinBytes(init ? [init] : [])
  const mediaEnd = chunks.reduce((sum, chunk) => sum + chunk.bytes, 0)
  return {
    container: 'raw',
    header,
    extents: mediaEnd > 0 ? [{ at: header.length, from: 0, to: mediaEnd }] : [],
    size: header.length + mediaEnd,
    durationMs: null,
    tracks: [],
    keyframes: [],
    mediaEnd,
    runs: splitRuns(chunks).map(() => null),
  }
}
