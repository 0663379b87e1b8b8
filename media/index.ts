// The media package: what happens to recorded bytes, in the order in which a chunk meets it. Pure functions,
// no I/O, the same in the browser and on the server.
//
//   container   what is it? by its magic, never by its mimeType
//   align       client: cut the recorder's slices so that each chunk stands on its own
//   index-chunk server: what to remember of a chunk, at ingest
//   layout      server: the seekable virtual file, from the indexes alone
//   read-plan   server: which pieces answer a Range request
//
// Underneath: `ebml` (elements), `webm-parser` (a stream of them, cut anywhere), `webm-tracks`.
// Fragmented MP4 stands beside WebM (today: the raw layout), salvage after a gap stands between index and
// layout (today: the file ends at the gap), several takes stand above layout (today: one file a take).

export type { AlignedChunk, AlignedOutput, Aligner, AlignerOptions } from './align.ts'
export type { ClusterMark, CueMark, TrackSpan } from './index-chunk.ts'
export type { Extent, FilePiece, VirtualFile } from './layout.ts'
export type { MediaErrorCode } from './media-error.ts'
export { MediaError } from './media-error.ts'
export type { TrackInfo } from './webm-tracks.ts'
