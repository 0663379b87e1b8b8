// Owns the shape of the virtual file: a header made anew in front of the media bytes where they lie.
// It must never need the media bytes themselves; indexes are enough.

import type { TrackInfo } from './webm-tracks.ts'

/** Bytes of the file that are not in the store, or a byte range of the take (0 = first byte of chunk 0). */
export type FilePiece =
  | { readonly literal: Uint8Array }
  | { readonly from: number; readonly to: number }

/** A piece and its place: `at` is the offset of its first byte in the virtual file. */
export type Extent = FilePiece & { readonly at: number }

/** A seekable file that exists only as a list of pieces. */
export type VirtualFile = {
  readonly container: 'webm' | 'raw'
  /** The first bytes of the file; `extents` come after it. */
  readonly header: Uint8Array
  readonly extents: readonly Extent[]
  /** Bytes of the whole file. */
  readonly size: number
  /** Null when it is unknown (raw). The last packet's own duration is counted. */
  readonly durationMs: number | null
  readonly tracks: readonly TrackInfo[]
  /** Places where playing can begin; `at` = offset of their Cluster in the virtual file. */
  readonly keyframes: readonly { readonly ms: number; readonly at: number }[]
  /** Take offset behind the last byte that is in the file; what lies after it was cut or unreadable. */
  readonly mediaEnd: number
}
