// Owns the index of one chunk of a WebM take while it is read: which bytes belong into a file, under which Cluster, and
// where playing can begin. Pictures that cannot be decoded are left out, sound is kept.

import { BlockListWriter } from './block-list.ts'
import type { ClusterMark, CueMark, WebmChunkIndex, WebmIndexState } from './index-webm.ts'
import { MediaError } from './media-error.ts'
import { advanceClock, startClocks, type TrackClock } from './track-clock.ts'
import { MADE_TIMECODE_BYTES } from './webm-front.ts'
import { readHeader } from './webm-header.ts'
import {
  type CutCluster,
  deriveCut,
  type LostPlace,
  openCut,
  type Recovery,
  tearTracks,
} from './webm-recovery.ts'
import type { RunListener } from './webm-run-reader.ts'
import type { WebmEvent } from './webm-state.ts'
import { cueTrackOf, readTimecodeScale, readTracks } from './webm-tracks.ts'

type BlockEvent = Extract<WebmEvent, { type: 'block' }>
type ClusterEvent = Extract<WebmEvent, { type: 'cluster' }>

/** Keyframes closer than this to the last one noted are not noted; it bounds the index of all-key video. */
const MIN_CUE_GAP_NS = 250_000_000

export class IndexDraft implements RunListener {
  /** Its own copy: it changes with every block. */
  readonly #state: { -readonly [Key in keyof WebmIndexState]: WebmIndexState[Key] }
  readonly #chunkStart: number
  readonly #clusters: ClusterMark[] = []
  readonly #cues: CueMark[] = []
  readonly #spans = new Map<number, { first: number; last: number }>()
  readonly #blocks = new BlockListWriter()
  #header: Uint8Array | null
  #cueTrack: TrackClock | null

  constructor(state: WebmIndexState) {
    this.#state = { ...state, header: null }
    this.#chunkStart = state.webm.received
    this.#header = state.header
    this.#cueTrack = cueTrackOf(state.clocks)
  }

  /** All but the parser's own state. */
  get state(): WebmIndexState {
    return this.#state
  }

  get tracks(): number[] {
    return this.#state.clocks.map((clock) => clock.number)
  }

  get lastBlockAt(): number | null {
    return this.#state.lastBlockAt
  }

  get isMedia(): boolean {
    return this.#state.container === 'webm'
  }

  get cutCount(): number {
    return this.#state.recovery?.cuts.length ?? 0
  }

  take(event: WebmEvent): void {
    if (this.#state.container === 'raw') return
    if (event.type === 'header') this.#takeHeader(event.bytes)
    else if (event.type === 'cluster') this.#takeCluster(event)
    else if (event.type === 'block') this.#takeBlock(event)
    else if (!event.inCluster) this.#leaveOut(event.start)
  }

  lose(from: number): void {
    const { clocks, recovery } = this.#state
    this.#leaveOut(from)
    this.#set({ lastBlockAt: null, recovery: tearTracks(clocks, recovery?.cuts ?? []) })
  }

  beginCut(lost: LostPlace, lent: number): void {
    const cut = openCut(lost, lent, this.#state)
    this.#recover((before) => ({ ...before, cuts: [...before.cuts, cut] }))
  }

  finish(after: WebmIndexState): WebmChunkIndex {
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
      const clocks = startClocks(readTracks(children))
      this.#cueTrack = cueTrackOf(clocks)
      this.#set({ container: 'webm', scaleNs, clocks })
      this.#header = header
    } catch (error) {
      if (!(error instanceof MediaError)) throw error
      const webm = { ...this.#state.webm, trouble: error.code }
      this.#set({ container: 'raw', webm })
    }
  }

  #takeCluster({ start, headBytes, timecode, timecodeBytes }: ClusterEvent): void {
    const offset = start - this.#chunkStart
    if (timecode === null) this.#leaveOut(start)
    else this.#clusters.push({ offset, headBytes, timecode, timecodeBytes })
    this.#recover(({ waiting, cuts }) => ({
      waiting,
      cuts: cuts.map((cut) => ({ ...cut, isOpen: false })),
      isSkipping: timecode === null,
      madeAt: null,
    }))
  }

  #takeBlock(event: BlockEvent): void {
    const { start } = event
    this.#state.lastBlockAt = start
    const at = this.#state.clocks.findIndex((clock) => clock.number === event.lead.track)
    const clock = this.#state.clocks[at]
    if (!clock) return
    if (this.#waits(event)) {
      this.#skip(start)
      return
    }
    this.#keep(start, event.clusterTicks)
    const cut = this.#state.recovery?.cuts.at(-1)
    if (cut?.isOpen) this.#takeCutBlock(event, cut, at)
    else this.#takeTimedBlock(event, at)
    this.#list(event)
    const isSeekPoint = event.lead.keyframe && clock.number === this.#cueTrack?.number
    if (isSeekPoint) this.#cue(event, clock)
  }

  /** True for a picture that needs those that are missing. */
  #waits({ lead: { track, keyframe } }: BlockEvent): boolean {
    const { recovery } = this.#state
    if (!recovery?.waiting.includes(track)) return false
    if (!keyframe) return true
    this.#recover((before) => ({
      ...before,
      waiting: before.waiting.filter((one) => one !== track),
    }))
    return false
  }

  #skip(start: number): void {
    this.#leaveOut(start)
    this.#recover((before) => ({ ...before, isSkipping: true, madeAt: null }))
  }

  /** The first block behind something left out gets a Cluster head of its own. */
  #keep(start: number, clusterTicks: number): void {
    const { recovery } = this.#state
    if (!recovery?.isSkipping) return
    const number = recovery.cuts.length - 1
    const cut = recovery.cuts[number]
    const made = {
      cut: cut?.isOpen ? number : null,
      lent: start < 0 && cut ? cut.lent : 0,
    }
    const offset = start - this.#chunkStart
    this.#clusters.push({ offset, headBytes: 0, timecode: clusterTicks, timecodeBytes: 0, made })
    this.#recover((before) => ({ ...before, isSkipping: false, madeAt: start }))
  }

  /** Its time is not known yet: it moves the clocks of its Cluster only. */
  #takeCutBlock(event: BlockEvent, cut: CutCluster, at: number): void {
    const clocks = this.#advance(cut.clocks, event, at)
    this.#recover((before) => ({ ...before, cuts: before.cuts.with(-1, { ...cut, clocks }) }))
  }

  #takeTimedBlock(event: BlockEvent, at: number): void {
    const { lead, timeTicks } = event
    const { track } = lead
    const { scaleNs, clocks } = this.#state
    this.#state.clocks = this.#advance(clocks, event, at)
    this.#recover((before) => ({
      ...before,
      cuts: before.cuts.map((cut) => deriveCut(cut, { track, ticks: timeTicks }, scaleNs)),
    }))
    const span = this.#spans.get(track)
    if (!span) this.#spans.set(track, { first: timeTicks, last: timeTicks })
    else {
      span.first = Math.min(span.first, timeTicks)
      span.last = Math.max(span.last, timeTicks)
    }
  }

  #list({ lead, timeTicks }: BlockEvent): void {
    const cuts = this.#state.recovery?.cuts ?? []
    this.#blocks.add({
      track: lead.track,
      at: lead.payloadAt - this.#chunkStart,
      size: lead.payloadBytes,
      ticks: timeTicks,
      cut: cuts.at(-1)?.isOpen ? cuts.length - 1 : null,
      isKey: lead.keyframe,
      isLaced: lead.lacedFrames > 0,
    })
  }

  #advance(clocks: readonly TrackClock[], packet: BlockEvent, at: number): TrackClock[] {
    const { scaleNs } = this.#state
    const clock = clocks[at]
    return clock ? clocks.with(at, advanceClock(clock, packet, scaleNs)) : [...clocks]
  }

  #cue({ start, timeTicks, clusterTicks, relative }: BlockEvent, clock: TrackClock): void {
    const { lastCueTicks, recovery, scaleNs } = this.#state
    const isCut = recovery?.cuts.at(-1)?.isOpen ?? false
    if (isCut && clock.kind === 'audio') return
    const tooClose =
      lastCueTicks !== null && Math.abs(timeTicks - lastCueTicks) < MIN_CUE_GAP_NS / scaleNs
    const sameCluster =
      clock.kind === 'audio' && lastCueTicks !== null && lastCueTicks >= clusterTicks
    if (!isCut && (tooClose || sameCluster)) return
    if (!isCut) this.#set({ lastCueTicks: timeTicks })
    const cluster = this.#clusters.findLastIndex((mark) => mark.timecode !== null)
    const madeAt = recovery?.madeAt ?? null
    const place = madeAt === null ? relative : start - madeAt + MADE_TIMECODE_BYTES
    this.#cues.push({ cluster, relative: place, timeTicks })
  }

  /** One mark is enough to leave out any number of elements in a row. */
  #leaveOut(from: number): void {
    if (this.#clusters.at(-1)?.timecode === null) return
    const offset = from - this.#chunkStart
    this.#clusters.push({ offset, headBytes: 0, timecode: null, timecodeBytes: 0 })
  }

  #set(change: Partial<WebmIndexState>): void {
    Object.assign(this.#state, change)
  }

  #recover(change: (before: Recovery) => Recovery): void {
    const { recovery } = this.#state
    if (recovery) this.#set({ recovery: change(recovery) })
  }
}
