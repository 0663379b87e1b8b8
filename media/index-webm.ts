// Owns what the server remembers of a chunk of a WebM take, and of one that nobody understands: its bytes are counted.
// A deterministic function of the take's contiguous prefix: where the cuts lie must not change the file.

import { BlockListWriter } from './block-list.ts'
import type { TrackSpan } from './index-chunk.ts'
import { MediaError, type MediaErrorCode } from './media-error.ts'
import { advanceClock, startClocks, type TrackClock } from './track-clock.ts'
import { readHeader } from './webm-header.ts'
import { parseWebm } from './webm-parser.ts'
import { startWebm, type WebmEvent, type WebmState } from './webm-state.ts'
import {
  cueTrackOf,
  DEFAULT_TIMECODE_SCALE_NS,
  readTimecodeScale,
  readTracks,
} from './webm-tracks.ts'

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
}

/** A place where playing can begin: a keyframe, or in an audio take the first packet of a Cluster. */
export type CueMark = {
  /** Which of this chunk's `clusters`; -1 = the last Cluster marked before this chunk. */
  readonly cluster: number
  /** Where the block begins, counted from the end of the Cluster's head. */
  readonly relative: number
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

/** Keyframes closer than this to the last one noted are not noted; it bounds the index of all-key video. */
const MIN_CUE_GAP_NS = 250_000_000

/** The state before chunk 0, behind the init's bytes when there is one. */
export function startWebmIndex(init: Uint8Array | null): WebmIndexState {
  const start: WebmIndexState = {
    container: 'pending',
    webm: startWebm(init ? -init.length : 0),
    scaleNs: DEFAULT_TIMECODE_SCALE_NS,
    clocks: [],
    lastCueTicks: null,
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

export function indexWebm(state: WebmIndexState, bytes: Uint8Array): WebmChunkIndex {
  const parsed = parseWebm(state.webm, bytes)
  const draft = new IndexDraft({ ...state, webm: parsed.state }, state.webm.received)
  for (const event of parsed.events) draft.take(event)
  return draft.finish()
}

function asRaw(state: WebmIndexState): WebmIndexState {
  const webm: WebmState = {
    ...startWebm(state.webm.received),
    stage: 'ended',
    trouble: state.webm.trouble ?? 'bad_element',
  }
  return { ...state, container: 'raw', webm, clocks: [] }
}

type BlockEvent = Extract<WebmEvent, { type: 'block' }>

/** The index of one chunk while its events come in. */
class IndexDraft {
  #state: WebmIndexState
  readonly #chunkStart: number
  readonly #clusters: ClusterMark[] = []
  readonly #cues: CueMark[] = []
  readonly #spans = new Map<number, { first: number; last: number }>()
  readonly #blocks = new BlockListWriter()
  #clocks: TrackClock[]
  #header: Uint8Array | null = null
  #lastCueTicks: number | null
  #cueTrack: TrackClock | null

  constructor(state: WebmIndexState, chunkStart: number) {
    this.#state = state
    this.#chunkStart = chunkStart
    this.#clocks = [...state.clocks]
    this.#lastCueTicks = state.lastCueTicks
    this.#cueTrack = cueTrackOf(state.clocks)
  }

  take(event: WebmEvent): void {
    if (this.#state.container === 'raw') return
    if (event.type === 'header') this.#takeHeader(event.bytes)
    else if (event.type === 'cluster') this.#mark(event)
    else if (event.type === 'block') this.#takeBlock(event)
    else if (!event.inCluster) this.#mark({ ...event, timecode: null, timecodeBytes: 0 })
  }

  finish(): WebmChunkIndex {
    const { container, webm } = this.#state
    const lost = container === 'raw' || (container === 'pending' && webm.stage === 'ended')
    const after = lost
      ? asRaw(this.#state)
      : { ...this.#state, clocks: this.#clocks, lastCueTicks: this.#lastCueTicks }
    const ms = (ticks: number) => Math.round((ticks * after.scaleNs) / 1e6)
    const spans = [...this.#spans].map(([track, { first, last }]) => ({
      track,
      firstMs: ms(first),
      lastMs: ms(last),
    }))
    return {
      clusters: this.#clusters,
      cues: this.#cues,
      spans,
      blocks: this.#blocks.finish(),
      header: this.#header,
      after,
    }
  }

  #takeHeader(header: Uint8Array): void {
    try {
      const { children } = readHeader(header)
      const scaleNs = readTimecodeScale(children)
      this.#clocks = startClocks(readTracks(children))
      this.#cueTrack = cueTrackOf(this.#clocks)
      this.#state = { ...this.#state, container: 'webm', scaleNs }
      this.#header = header
    } catch (error) {
      if (!(error instanceof MediaError)) throw error
      const webm = { ...this.#state.webm, trouble: error.code }
      this.#state = { ...this.#state, container: 'raw', webm }
    }
  }

  #mark({ start, ...mark }: Omit<ClusterMark, 'offset'> & { start: number }): void {
    // One mark is enough to leave out any number of elements in a row.
    if (mark.timecode === null && this.#clusters.at(-1)?.timecode === null) return
    const { headBytes, timecode, timecodeBytes } = mark
    this.#clusters.push({ offset: start - this.#chunkStart, headBytes, timecode, timecodeBytes })
  }

  #takeBlock(event: BlockEvent): void {
    const { lead, timeTicks, durationTicks } = event
    const at = this.#clocks.findIndex((clock) => clock.number === lead.track)
    const clock = this.#clocks[at]
    if (!clock) return
    const { scaleNs } = this.#state
    this.#clocks[at] = advanceClock(clock, { lead, timeTicks, durationTicks }, scaleNs)
    this.#blocks.add({
      track: lead.track,
      at: lead.payloadAt - this.#chunkStart,
      size: lead.payloadBytes,
      ticks: timeTicks,
      isKey: lead.keyframe,
      isLaced: lead.lacedFrames > 0,
    })
    const span = this.#spans.get(lead.track)
    if (!span) this.#spans.set(lead.track, { first: timeTicks, last: timeTicks })
    else {
      span.first = Math.min(span.first, timeTicks)
      span.last = Math.max(span.last, timeTicks)
    }
    if (lead.keyframe && lead.track === this.#cueTrack?.number) this.#cue(event, clock)
  }

  #cue(event: BlockEvent, clock: TrackClock): void {
    const { timeTicks, relative } = event
    const last = this.#lastCueTicks
    const minGap = MIN_CUE_GAP_NS / this.#state.scaleNs
    const tooClose = last !== null && Math.abs(timeTicks - last) < minGap
    const sameCluster = clock.kind === 'audio' && last !== null && last >= event.clusterTicks
    if (tooClose || sameCluster) return
    this.#lastCueTicks = timeTicks
    const cluster = this.#clusters.findLastIndex((mark) => mark.timecode !== null)
    this.#cues.push({ cluster, relative, timeTicks })
  }
}
