// The media package: what happens to recorded bytes, in the order in which a chunk meets it. Pure functions,
// no I/O, the same in the browser and on the server.
//
//   container    what is it? by its magic, never by its mimeType
//   align        client: cut the recorder's slices so that each chunk stands on its own
//   index-chunk  server: what to remember of a chunk, at ingest (index-codec: as bytes for the ledger)
//   layout       server: the seekable virtual file, from the indexes alone
//   join-takes   server: one file of several takes, from the same indexes
//   read-plan    server: which pieces answer a Range request
//   live-start   server: where a viewer joins while it is still being recorded
//
// The first four each have a file for WebM and one for fragmented MP4 behind it, chosen by the take's first byte.
//
// Underneath, WebM: `ebml` (elements), `webm-header`, `webm-tracks`, `webm-parser` (a stream of elements, cut anywhere),
// `track-clock` (media time), `webm-front` (the header made anew).
// MP4: `mp4-box`, `mp4-header`, `mp4-tracks`, `mp4-edits`, `mp4-parser` with `moof-parser` and `trun-entries` (a stream
// of boxes, cut anywhere), `sample-table` (media time), `mp4-front` with `sample-boxes` (the header made anew).
// A plain MP4, one moov for the whole file, is served as it is: `plain-mp4`.
// WebM as MP4: `layout-webm-as-mp4` over `block-list` and `webm-samples`, with `mp4-sample-entry` and `mp4-new-header` for
// what MP4 wants said of codecs (`vp9-config`, `av1-config`, `opus-config`).
// Behind a hole WebM goes on with `webm-resync` (a place to read from), `webm-run-reader` (how reading goes on there) and
// `webm-recovery` (which pictures wait for a keyframe, when a Cluster without a head was); `take-runs` tells the runs
// between holes. `join-takes` stands above: `join-tracks` (does a take go on in this file?), `join-webm` with `webm-move`,
// `join-mp4` with `mp4-retrack`.

export {
  type AlignedChunk,
  type AlignedOutput,
  type Aligner,
  type AlignerOptions,
  createAligner,
} from './align.ts'
export type { BoundarySource } from './boundaries.ts'
export { type BytePatches, patchBytes } from './byte-patches.ts'
export { type Container, sniffContainer } from './container.ts'
export { fitsHeader } from './header-fit.ts'
export {
  type ChunkHints,
  type ChunkIndex,
  type IndexState,
  indexChunk,
  mediaEndMs,
  resumeIndex,
  startIndex,
  type TrackSpan,
} from './index-chunk.ts'
export { decodeChunkIndex, encodeChunkIndex, firstSeqOf } from './index-codec.ts'
export type { Mp4ChunkIndex, Mp4IndexState } from './index-mp4.ts'
export type { ClusterMark, CueMark, WebmChunkIndex, WebmIndexState } from './index-webm.ts'
export {
  type JoinedFile,
  type JoinedTake,
  joinTakes,
  type Pauses,
  type TakeToJoin,
} from './join-takes.ts'
export {
  type Extent,
  type FilePiece,
  layoutRaw,
  layoutTake,
  type TakeLayoutInput,
  type VirtualFile,
} from './layout.ts'
export { layoutMp4 } from './layout-mp4.ts'
export { layoutWebm } from './layout-webm.ts'
export { layoutWebmAsMp4, type Mp4Plan, planWebmAsMp4 } from './layout-webm-as-mp4.ts'
export { findLiveStart, type LiveStart, type TailChunk } from './live-start.ts'
export { MediaError, type MediaErrorCode } from './media-error.ts'
export { openMp4Boundaries } from './mp4-boundaries.ts'
export type { SampleRun } from './mp4-state.ts'
export { type Mp4Reading, type PlainMp4, readPlainMp4, type WantedBytes } from './plain-mp4.ts'
export { readPlan } from './read-plan.ts'
export type { LaidChunk, RunTimes } from './take-runs.ts'
export { readWebmDuration } from './webm-duration.ts'
export type { TrackInfo } from './webm-tracks.ts'
