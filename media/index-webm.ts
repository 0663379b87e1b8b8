// Owns what the server remembers of a chunk of a WebM take, and of one that nobody understands: its bytes are counted.
// A deterministic function of the take's contiguous prefix: where the cuts lie must not change the file.

import type { ChunkHints, TrackSpan } from './index-chunk.ts'
import { MediaError, type MediaErrorCode } from './media-error.ts'
import { startClocks, type TrackClock } from './track-clock.ts'
import { readHeader } from './webm-header.ts'
import { IndexDraft } from './webm-index-draft.ts'
import { parseWebm } from './webm-parser.ts'
import { type LostPlace, type Recovery, tearTracks } from './webm-recovery.ts'
import { RunReader } from './webm-run-reader.ts'
import { startWebm, type WebmState } from './webm-state.ts'
import { DEFAULT_TIMECODE_SCALE_NS, readTimecodeScale, readTracks } from './webm-tracks.ts'

/** A top-level element of the take; the file is laid out from one mark to the next. */
export type ClusterMark = {
  /** First byte of its head, relative to the chunk's first byte; negative when the head began earlier. */
  readonly offset: number
  /** Bytes of id and size as recorded. */
  readonly headBytes: number
  /** The Cluster's timecode in ticks (1 ms as Chromium writes it); null = not to be in the file. */
  readonly timecode: number | null
  /** Bytes from the end of its head to behind its Timecode: another one takes their place when the take is moved in time. */
  readonly timecodeBytes: number
  /** Only where no recorded head is used: its place is then that of its first block. */
  readonly made?: MadeHead
}

/** A head to be made, with a Timecode, for blocks that lost theirs or stand behind something left out. */
export type MadeHead = {
  /** Which of the run's cut Clusters has their timecode (the mark then says 0); null = the mark itself. */
  readonly cut: number | null
  /** Id of the first block when just that byte is missing: the mark then lies one byte before the run. Else 0. */
  readonly lent: number
}

/** A place where playing can begin: a keyframe, or in an audio take the first packet of a Cluster. */
export type CueMark = {
  /** Which of this chunk's `clusters`; -1 = the last Cluster marked before this chunk. */
  readonly cluster: number
  /** Where the block begins, counted from the end of the Cluster's head, a made Timecode included. */
  readonly relative: number
  /** In a cut Cluster counted from its timecode. */
  readonly timeTicks: number
}

/** Everything the next chunk's index depends on. */
export type WebmIndexState = {
  /** `pending` until the header is complete; `raw` when the take is not media and is served as it came. */
  readonly container: 'pending' | 'webm' | 'raw'
  readonly webm: WebmState
  /** Nanoseconds a tick. */
  readonly scaleNs: number
  readonly clocks: readonly TrackClock[]
  readonly lastCueTicks: number | null
  /** Where the last complete block began: damage right behind it means that it is damaged too. */
  readonly lastBlockAt: number | null
  /** Null in a take that began at its beginning and was understood up to here. */
  readonly recovery: Recovery | null
  /** Null while what comes is understood. */
  readonly lost: LostPlace | null
  /** Of a run behind a hole, until its first chunk is indexed: that index has it. */
  readonly header: Uint8Array | null
}

export type WebmChunkIndex = {
  /** A Cluster is listed in the chunk that completed its timecode. */
  readonly clusters: readonly ClusterMark[]
  readonly cues: readonly CueMark[]
  readonly spans: readonly TrackSpan[]
  /** The blocks that this chunk completed, for `readBlockList`: packed, because the WebM file is laid out without them. */
  readonly blocks: Uint8Array
  /** The container's header, in the index of the chunk that completed it (init included), else null. */
  readonly header: Uint8Array | null
  /** State for the next chunk; with it the server goes on from the ledger alone. */
  readonly after: WebmIndexState
}

/** The state before chunk 0, behind the init's bytes when there is one. */
export function startWebmIndex(init: Uint8Array | null): WebmIndexState {
  const start: WebmIndexState = {
    container: 'pending',
    webm: startWebm(init ? -init.length : 0),
    scaleNs: DEFAULT_TIMECODE_SCALE_NS,
    clocks: [],
    lastCueTicks: null,
    lastBlockAt: null,
    recovery: null,
    lost: null,
    header: null,
  }
  if (!init) return start
  const { state: webm } = parseWebm(start.webm, init)
  // An init is a header or the beginning of one. Media inside it would be in no chunk's index.
  if (webm.stage === 'head') return { ...start, webm }
  return asRaw({ ...start, webm })
}

/** The state of a take that is served as it came. `received` = take offset behind what came so far. */
export function startRawIndex(received: number, trouble: MediaErrorCode): WebmIndexState {
  const webm = { ...startWebm(received), trouble }
  return asRaw({ ...startWebmIndex(null), webm })
}

/** The state before a chunk behind a hole; `raw` when the header is not one. */
export function resumeWebmIndex(header: Uint8Array, hints: ChunkHints): WebmIndexState {
  try {
    const { children } = readHeader(header)
    const clocks = startClocks(readTracks(children))
    const scaleNs = readTimecodeScale(children)
    const lost = { at: 0, held: new Uint8Array(0), isFirst: true, hints, guessedTicks: null }
    const recovery = tearTracks(clocks, [])
    const start = startWebmIndex(null)
    return { ...start, container: 'webm', scaleNs, clocks, recovery, lost, header }
  } catch (error) {
    if (!(error instanceof MediaError)) throw error
    return startRawIndex(0, error.code)
  }
}

export function indexWebm(
  state: WebmIndexState,
  bytes: Uint8Array,
  hints: ChunkHints,
): WebmChunkIndex {
  const draft = new IndexDraft(state)
  const reader = new RunReader(state, draft)
  reader.read(bytes, hints)
  const { container, webm } = draft.state
  const { trouble } = container === 'raw' ? webm : reader.webm
  const after = { ...draft.state, webm: { ...reader.webm, trouble }, lost: reader.lost }
  const isRaw = container === 'raw' || (container === 'pending' && after.webm.stage === 'ended')
  return draft.finish(isRaw ? asRaw(after) : after)
}

/** The same take as bytes that nobody understands. */
function asRaw(state: WebmIndexState): WebmIndexState {
  const webm: WebmState = {
    ...startWebm(state.webm.received),
    stage: 'ended',
    trouble: state.webm.trouble ?? 'bad_element',
  }
  return { ...state, container: 'raw', webm, clocks: [], recovery: null, lost: null }
}
