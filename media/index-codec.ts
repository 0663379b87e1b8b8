// Owns the stored form of a chunk's index: the bytes of the ledger column. In WebM about 250 bytes for a second of camera
// and microphone. A change here needs a new version number, for the rows of recordings that exist.

import { CompactReader, CompactWriter } from './compact-bytes.ts'
import type { ChunkIndex } from './index-chunk.ts'
import type { WebmChunkIndex, WebmIndexState } from './index-webm.ts'
import { MEDIA_ERROR_CODES, MediaError } from './media-error.ts'
import { readMp4Index, writeMp4Index } from './mp4-index-codec.ts'
import type { Pacing, TrackClock } from './track-clock.ts'
import type { BlockLead, OpenBlock, OpenCluster, OpenElement, WebmState } from './webm-state.ts'

/** The first number of the stored form: what follows. */
const MP4 = 2
const WEBM_OR_RAW = 4
const FORMS: ReadonlySet<number> = new Set([MP4, WEBM_OR_RAW])
/** In front of one of these: the number of the chunk with which its run begins. */
const BEHIND_HOLE = 9
const CONTAINERS = ['pending', 'webm', 'raw'] as const
const STAGES = ['head', 'media', 'ended'] as const
const KINDS = ['video', 'audio', 'other'] as const
const RULES = ['fixed', 'opus', 'pcm', 'average'] as const
/** 0 without lacing; rows of before it was counted say 1. */
const LACED_FRAMES = Array.from({ length: 257 }, (_, frames) => frames)
const TROUBLES = [null, ...MEDIA_ERROR_CODES]

/**
 * The index as bytes for the ledger.
 * @param firstSeq number of the chunk with which its run begins: 0, or the first behind a hole
 */
export function encodeChunkIndex(index: ChunkIndex, firstSeq = 0): Uint8Array {
  const out = new CompactWriter()
  if (firstSeq > 0) {
    out.uint(BEHIND_HOLE)
    out.uint(firstSeq)
  }
  out.uint('runs' in index ? MP4 : WEBM_OR_RAW)
  if ('runs' in index) writeMp4Index(out, index)
  else writeWebmIndex(out, index)
  return out.finish()
}

/** @throws MediaError `bad_index` for bytes that `encodeChunkIndex` did not write */
export function decodeChunkIndex(bytes: Uint8Array): ChunkIndex {
  const input = new CompactReader(bytes)
  const { form } = readLabel(input)
  const index = readIndex(input, form)
  input.end()
  return index
}

/**
 * The `firstSeq` it was stored with: an index is void once its run begins elsewhere.
 * @returns null for a form that this version does not read: the chunk has to be indexed again
 */
export function firstSeqOf(bytes: Uint8Array): number | null {
  const { form, firstSeq } = readLabel(new CompactReader(bytes))
  return FORMS.has(form) ? firstSeq : null
}

function readLabel(input: CompactReader): { form: number; firstSeq: number } {
  const form = input.uint()
  if (form !== BEHIND_HOLE) return { form, firstSeq: 0 }
  const firstSeq = input.uint()
  return { form: input.uint(), firstSeq }
}

function readIndex(input: CompactReader, version: number): ChunkIndex {
  if (version === MP4) return readMp4Index(input)
  if (version === WEBM_OR_RAW) return readWebmIndex(input)
  throw new MediaError('bad_index', `index version ${version}`)
}

function writeWebmIndex(out: CompactWriter, index: WebmChunkIndex): void {
  writeState(out, index.after)
  writeOptional(out, index.header, (header) => out.blob(header))
  out.uint(index.clusters.length)
  for (const mark of index.clusters) {
    out.int(mark.offset)
    out.uint(mark.headBytes)
    out.uintOrNull(mark.timecode)
    out.uint(mark.timecodeBytes)
  }
  out.uint(index.cues.length)
  for (const cue of index.cues) {
    out.int(cue.cluster)
    out.uint(cue.relative)
    out.int(cue.timeTicks)
  }
  out.uint(index.spans.length)
  for (const span of index.spans) {
    out.uint(span.track)
    out.int(span.firstMs)
    out.int(span.lastMs - span.firstMs)
  }
  out.blob(index.blocks)
}

function readWebmIndex(input: CompactReader): WebmChunkIndex {
  const after = readState(input)
  const header = readOptional(input, () => input.blob())
  const clusters = input.list(() => ({
    offset: input.int(),
    headBytes: input.uint(),
    timecode: input.uintOrNull(),
    timecodeBytes: input.uint(),
  }))
  const cues = input.list(() => ({
    cluster: input.int(),
    relative: input.uint(),
    timeTicks: input.int(),
  }))
  const spans = input.list(() => {
    const track = input.uint()
    const firstMs = input.int()
    return { track, firstMs, lastMs: firstMs + input.int() }
  })
  const blocks = input.blob()
  return { clusters, cues, spans, blocks, header, after }
}

function writeState(out: CompactWriter, state: WebmIndexState): void {
  out.uint(CONTAINERS.indexOf(state.container))
  writeWebm(out, state.webm)
  out.uint(state.scaleNs)
  out.intOrNull(state.lastCueTicks)
  out.uint(state.clocks.length)
  for (const clock of state.clocks) writeClock(out, clock)
}

function readState(input: CompactReader): WebmIndexState {
  return {
    container: input.choice(CONTAINERS),
    webm: readWebm(input),
    scaleNs: input.uint(),
    lastCueTicks: input.intOrNull(),
    clocks: input.list(() => readClock(input)),
  }
}

function writeWebm(out: CompactWriter, state: WebmState): void {
  const { received } = state
  out.uint(STAGES.indexOf(state.stage))
  out.uint(TROUBLES.indexOf(state.trouble))
  out.int(received)
  out.int(state.position - received)
  out.int(state.completeEnd - received)
  out.intOrNull(state.segmentEnd)
  out.blob(state.held)
  writeOptional(out, state.cluster, (cluster) => writeCluster(out, cluster, received))
  writeOptional(out, state.block, (block) => writeBlock(out, block, received))
  writeOptional(out, state.other, (other) => {
    out.int(other.start - received)
    out.uint(other.headBytes)
  })
}

function readWebm(input: CompactReader): WebmState {
  const stage = input.choice(STAGES)
  const trouble = input.choice(TROUBLES)
  const received = input.int()
  return {
    stage,
    trouble,
    received,
    position: received + input.int(),
    completeEnd: received + input.int(),
    segmentEnd: input.intOrNull(),
    held: input.blob(),
    cluster: readOptional(input, () => readCluster(input, received)),
    block: readOptional(input, () => readBlock(input, received)),
    other: readOptional(
      input,
      (): OpenElement => ({ start: received + input.int(), headBytes: input.uint() }),
    ),
  }
}

function writeCluster(out: CompactWriter, cluster: OpenCluster, received: number): void {
  out.int(cluster.start - received)
  out.uint(cluster.headBytes)
  out.intOrNull(cluster.end)
  out.uint(cluster.timecode)
  out.uint(Number(cluster.announced))
}

function readCluster(input: CompactReader, received: number): OpenCluster {
  return {
    start: received + input.int(),
    headBytes: input.uint(),
    end: input.intOrNull(),
    timecode: input.uint(),
    announced: input.choice([false, true]),
  }
}

function writeBlock(out: CompactWriter, block: OpenBlock, received: number): void {
  out.int(block.start - received)
  out.uint(block.end - block.start)
  out.uint(Number(block.grouped))
  out.uint(Number(block.referenced))
  out.uintOrNull(block.durationTicks)
  writeOptional(out, block.lead, (lead) => {
    out.uint(lead.track)
    out.int(lead.relativeTicks)
    out.uint(Number(lead.keyframe))
    out.uint(lead.lacedFrames)
    out.int(lead.payloadAt - received)
    out.uint(lead.payloadBytes)
    out.uint(lead.first)
    out.uint(lead.second)
  })
}

function readBlock(input: CompactReader, received: number): OpenBlock {
  const start = received + input.int()
  return {
    start,
    end: start + input.uint(),
    grouped: input.choice([false, true]),
    referenced: input.choice([false, true]),
    durationTicks: input.uintOrNull(),
    lead: readOptional(input, () => readLead(input, received)),
  }
}

function readLead(input: CompactReader, received: number): BlockLead {
  return {
    track: input.uint(),
    relativeTicks: input.int(),
    keyframe: input.choice([false, true]),
    lacedFrames: input.choice(LACED_FRAMES),
    payloadAt: received + input.int(),
    payloadBytes: input.uint(),
    first: input.uint(),
    second: input.uint(),
  }
}

function writeClock(out: CompactWriter, clock: TrackClock): void {
  out.uint(clock.number)
  out.uint(KINDS.indexOf(clock.kind))
  writePacing(out, clock.pacing)
  out.uint(clock.packets)
  out.intOrNull(clock.firstTicks)
  out.intOrNull(clock.lastTicks)
  out.uintOrNull(clock.lastDurationNs)
}

function readClock(input: CompactReader): TrackClock {
  return {
    number: input.uint(),
    kind: input.choice(KINDS),
    pacing: readPacing(input),
    packets: input.uint(),
    firstTicks: input.intOrNull(),
    lastTicks: input.intOrNull(),
    lastDurationNs: input.uintOrNull(),
  }
}

function writePacing(out: CompactWriter, pacing: Pacing): void {
  out.uint(RULES.indexOf(pacing.rule))
  if (pacing.rule === 'fixed') out.uint(pacing.durationNs)
  if (pacing.rule === 'pcm') out.uint(pacing.bytesPerSecond)
}

function readPacing(input: CompactReader): Pacing {
  const rule = input.choice(RULES)
  if (rule === 'fixed') return { rule, durationNs: input.uint() }
  return rule === 'pcm' ? { rule, bytesPerSecond: input.uint() } : { rule }
}

function writeOptional<T>(out: CompactWriter, value: T | null, write: (value: T) => void): void {
  out.uint(value === null ? 0 : 1)
  if (value !== null) write(value)
}

function readOptional<T>(input: CompactReader, read: () => T): T | null {
  return input.choice([false, true]) ? read() : null
}
