// Owns the stored form of what the WebM parser carries from chunk to chunk, and of the tracks' clocks.

import type { CompactReader, CompactWriter } from './compact-bytes.ts'
import { MEDIA_ERROR_CODES } from './media-error.ts'
import type { Pacing, TrackClock } from './track-clock.ts'
import type { BlockLead, OpenBlock, OpenCluster, OpenElement, WebmState } from './webm-state.ts'

const STAGES = ['head', 'media', 'ended'] as const
const KINDS = ['video', 'audio', 'other'] as const
const RULES = ['fixed', 'opus', 'pcm', 'average'] as const
/** 0 without lacing. */
const LACED_FRAMES = Array.from({ length: 257 }, (_, frames) => frames)
const TROUBLES = [null, ...MEDIA_ERROR_CODES]

export function writeWebm(out: CompactWriter, state: WebmState): void {
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

export function readWebm(input: CompactReader): WebmState {
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
  const end = start + input.uint()
  return {
    start,
    end,
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

export function writeClock(out: CompactWriter, clock: TrackClock): void {
  out.uint(clock.number)
  out.uint(KINDS.indexOf(clock.kind))
  writePacing(out, clock.pacing)
  out.uint(clock.packets)
  out.intOrNull(clock.firstTicks)
  out.intOrNull(clock.lastTicks)
  out.uintOrNull(clock.lastDurationNs)
}

export function readClock(input: CompactReader): TrackClock {
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

export function writeOptional<T>(
  out: CompactWriter,
  value: T | null,
  write: (value: T) => void,
): void {
  out.uint(value === null ? 0 : 1)
  if (value !== null) write(value)
}

export function readOptional<T>(input: CompactReader, read: () => T): T | null {
  return input.choice([false, true]) ? read() : null
}
