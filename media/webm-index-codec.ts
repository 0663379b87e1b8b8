// Owns the stored form of a WebM chunk's index, and of what is carried through a run that was torn.

import type { CompactReader, CompactWriter } from './compact-bytes.ts'
import type { ClusterMark, WebmChunkIndex, WebmIndexState } from './index-webm.ts'
import type { LostPlace, Recovery } from './webm-recovery.ts'
import {
  readClock,
  readOptional,
  readWebm,
  writeClock,
  writeOptional,
  writeWebm,
} from './webm-state-codec.ts'

const CONTAINERS = ['pending', 'webm', 'raw'] as const

export function writeWebmIndex(out: CompactWriter, index: WebmChunkIndex): void {
  writeState(out, index.after)
  writeOptional(out, index.header, (header) => out.blob(header))
  out.uint(index.clusters.length)
  for (const mark of index.clusters) {
    out.int(mark.offset)
    out.uint(mark.headBytes)
    out.uintOrNull(mark.timecode)
    out.uint(mark.timecodeBytes)
    writeOptional(out, mark.made ?? null, ({ cut, lent }) => {
      out.uintOrNull(cut)
      out.uint(lent)
    })
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

export function readWebmIndex(input: CompactReader): WebmChunkIndex {
  const after = readState(input)
  const header = readOptional(input, () => input.blob())
  const clusters = input.list(() => readMark(input))
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
  return { clusters, cues, spans, blocks: input.blob(), header, after }
}

function readMark(input: CompactReader): ClusterMark {
  const place = {
    offset: input.int(),
    headBytes: input.uint(),
    timecode: input.uintOrNull(),
    timecodeBytes: input.uint(),
  }
  const made = readOptional(input, () => ({ cut: input.uintOrNull(), lent: input.uint() }))
  return made ? { ...place, made } : place
}

function writeState(out: CompactWriter, state: WebmIndexState): void {
  out.uint(CONTAINERS.indexOf(state.container))
  writeWebm(out, state.webm)
  out.uint(state.scaleNs)
  out.intOrNull(state.lastCueTicks)
  out.uint(state.clocks.length)
  for (const clock of state.clocks) writeClock(out, clock)
  const { received } = state.webm
  out.uintOrNull(state.lastBlockAt === null ? null : received - state.lastBlockAt)
  writeOptional(out, state.recovery, (recovery) => writeRecovery(out, recovery))
  writeOptional(out, state.lost, (lost) => writeLost(out, lost))
}

function readState(input: CompactReader): WebmIndexState {
  const container = input.choice(CONTAINERS)
  const webm = readWebm(input)
  const scaleNs = input.uint()
  const lastCueTicks = input.intOrNull()
  const clocks = input.list(() => readClock(input))
  const behind = input.uintOrNull()
  return {
    ...{ container, webm, scaleNs, lastCueTicks, clocks },
    lastBlockAt: behind === null ? null : webm.received - behind,
    recovery: readOptional(input, () => readRecovery(input)),
    lost: readOptional(input, () => readLost(input)),
    header: null,
  }
}

function writeRecovery(out: CompactWriter, recovery: Recovery): void {
  out.uint(recovery.waiting.length)
  for (const track of recovery.waiting) out.uint(track)
  out.uint(Number(recovery.isSkipping))
  out.intOrNull(recovery.madeAt)
  out.uint(recovery.cuts.length)
  for (const cut of recovery.cuts) {
    out.intOrNull(cut.toldTicks)
    out.intOrNull(cut.guessedTicks)
    out.int(cut.afterTicks)
    out.intOrNull(cut.derivedTicks)
    out.uint(Number(cut.isDerivedFromSound))
    out.uint(cut.lent)
    out.uint(cut.clocks.length)
    for (const clock of cut.clocks) writeClock(out, clock)
    out.uint(Number(cut.isOpen))
  }
}

function readRecovery(input: CompactReader): Recovery {
  return {
    waiting: input.list(() => input.uint()),
    isSkipping: input.choice([false, true]),
    madeAt: input.intOrNull(),
    cuts: input.list(() => ({
      toldTicks: input.intOrNull(),
      guessedTicks: input.intOrNull(),
      afterTicks: input.int(),
      derivedTicks: input.intOrNull(),
      isDerivedFromSound: input.choice([false, true]),
      lent: input.uint(),
      clocks: input.list(() => readClock(input)),
      isOpen: input.choice([false, true]),
    })),
  }
}

function writeLost(out: CompactWriter, lost: LostPlace): void {
  out.int(lost.at)
  out.blob(lost.held)
  out.uint(Number(lost.isFirst))
  out.uint(Number(lost.hints.aligned))
  out.uintOrNull(lost.hints.clusterMs)
  out.intOrNull(lost.guessedTicks)
}

function readLost(input: CompactReader): LostPlace {
  return {
    at: input.int(),
    held: input.blob(),
    isFirst: input.choice([false, true]),
    hints: { aligned: input.choice([false, true]), clusterMs: input.uintOrNull() },
    guessedTicks: input.intOrNull(),
  }
}
