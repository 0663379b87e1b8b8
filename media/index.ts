// The media package: what happens to recorded bytes, in the order in which a chunk meets it. Pure functions,
// no I/O, the same in the browser and on the server.
//
//   container    what is it? by its magic, never by its mimeType
//   align        client: cut the recorder's slices so that each chunk stands on its own
//   index-chunk  server: what to remember of a chunk, at ingest (index-codec: as bytes for the ledger)
//   layout       server: the seekable virtual file, from the indexes alone
//   read-plan    server: which pieces answer a Range request
//
// Underneath: `ebml` (elements), `webm-header`, `webm-tracks`, `webm-parser` (a stream of elements, cut anywhere),
// `track-clock` (media time), `webm-front` (the header made anew).
// Fragmented MP4 stands beside WebM (today: the raw layout), salvage after a gap stands between index and
// layout (today: the file ends at the gap), several takes stand above layout (today: one file a take).

export {
  type AlignedChunk,
  type AlignedOutput,
  type Aligner,
  type AlignerOptions,
  createAligner,
} from './align.ts'
export { type Container, sniffContainer } from './container.ts'
export {
  type ChunkIndex,
  type ClusterMark,
  type CueMark,
  type IndexState,
  indexChunk,
  mediaEndMs,
  startIndex,
  type TrackSpan,
} from './index-chunk.ts'
export { decodeChunkIndex, encodeChunkIndex } from './index-codec.ts'
export {
  type Extent,
  type FilePiece,
  layoutRaw,
  layoutTake,
  type TakeLayoutInput,
  type VirtualFile,
} from './layout.ts'
export { layoutWebm } from './layout-webm.ts'
export { MediaError, type MediaErrorCode } from './media-error.ts'
export { readPlan } from './read-plan.ts'
export type { TrackInfo } from './webm-tracks.ts'
