// Owns the stored form of an MP4 chunk's index. Every sample is in it, so it is written in columns of small numbers: a
// second of camera and microphone is about 200 bytes.

import type { CompactReader, CompactWriter } from './compact-bytes.ts'
import type { Mp4ChunkIndex } from './index-mp4.ts'
import { MEDIA_ERROR_CODES, MediaError } from './media-error.ts'
import {
  MAX_RUN_SAMPLES,
  type Mp4Clock,
  type Mp4State,
  type OpenMoof,
  type OpenTraf,
  type OpenTrun,
  type SampleRun,
} from './mp4-state.ts'
import type { SampleDefaults } from './mp4-tracks.ts'

const CONTAINERS = ['pending', 'mp4'] as const
const STAGES = ['head', 'media', 'ended', 'seeking'] as const
const KINDS = ['video', 'audio', 'other'] as const
const TROUBLES = [null, ...MEDIA_ERROR_CODES]
/** How a column is written: one number for all samples, or each as its difference from the one before. */
const COLUMNS = ['constant', 'differences'] as const

export function writeMp4Index(out: CompactWriter, index: Mp4ChunkIndex): void {
  out.uint(CONTAINERS.indexOf(index.after.container))
  writeState(out, index.after.mp4)
  writeOptional(out, index.header, (header) => out.blob(header))
  out.uint(index.runs.length)
  for (const run of index.runs) writeRun(out, run)
  out.uint(index.tears.length)
  for (const tear of index.tears) {
    out.int(tear.at)
    writeOptional(out, tear.moof, (moof) => out.int(tear.at - moof))
  }
  out.uint(index.spans.length)
  for (const span of index.spans) {
    out.uint(span.track)
    out.int(span.firstMs)
    out.int(span.lastMs - span.firstMs)
  }
}

/** @throws MediaError `bad_index` */
export function readMp4Index(input: CompactReader): Mp4ChunkIndex {
  const container = input.choice(CONTAINERS)
  const mp4 = readState(input)
  const header = readOptional(input, () => input.blob())
  const runs = input.list(() => readRun(input))
  const tears = input.list(() => {
    const at = input.int()
    return { at, moof: readOptional(input, () => at - input.int()) }
  })
  const spans = input.list(() => {
    const track = input.uint()
    const firstMs = input.int()
    return { track, firstMs, lastMs: firstMs + input.int() }
  })
  return { runs, tears, spans, header, after: { container, mp4 } }
}

function writeRun(out: CompactWriter, run: SampleRun): void {
  out.uint(run.track)
  out.int(run.at)
  out.int(run.at - run.moof)
  out.uint(run.ticks)
  out.uint(run.description)
  out.uint(run.sizes.length)
  for (const column of [run.sizes, run.durations, run.shifts, run.syncs]) writeColumn(out, column)
}

function readRun(input: CompactReader): SampleRun {
  const [track, at] = [input.uint(), input.int()]
  const moof = at - input.int()
  const [ticks, description] = [input.uint(), input.uint()]
  const count = input.uint()
  if (count > MAX_RUN_SAMPLES) throw new MediaError('bad_index', `${count} samples in a run`)
  const column = () => readColumn(input, count)
  return {
    track,
    at,
    moof,
    ticks,
    description,
    sizes: column(),
    durations: column(),
    shifts: column(),
    syncs: column(),
  }
}

function writeColumn(out: CompactWriter, column: readonly number[]): void {
  const first = column[0] ?? 0
  const isConstant = column.every((value) => value === first)
  out.uint(COLUMNS.indexOf(isConstant ? 'constant' : 'differences'))
  if (isConstant) {
    out.int(first)
    return
  }
  let before = 0
  for (const value of column) {
    out.int(value - before)
    before = value
  }
}

function readColumn(input: CompactReader, count: number): number[] {
  const constant = input.choice(COLUMNS) === 'constant'
  let value = constant ? input.int() : 0
  if (constant) return Array.from({ length: count }, () => value)
  return Array.from({ length: count }, () => (value += input.int()))
}

function writeState(out: CompactWriter, state: Mp4State): void {
  const { received } = state
  out.uint(STAGES.indexOf(state.stage))
  out.uint(TROUBLES.indexOf(state.trouble))
  out.int(received)
  out.intOrNull(state.origin)
  out.int(state.position - received)
  out.int(state.completeEnd - received)
  writeOptional(out, state.passEnd, (end) => out.int(end - received))
  out.blob(state.held)
  writeOptional(out, state.moof, (moof) => writeMoof(out, moof, received))
  out.uint(state.clocks.length)
  for (const clock of state.clocks) writeClock(out, clock)
}

function readState(input: CompactReader): Mp4State {
  const stage = input.choice(STAGES)
  const trouble = input.choice(TROUBLES)
  const received = input.int()
  return {
    stage,
    trouble,
    received,
    origin: input.intOrNull(),
    position: received + input.int(),
    completeEnd: received + input.int(),
    passEnd: readOptional(input, () => received + input.int()),
    held: input.blob(),
    moof: readOptional(input, () => readMoof(input, received)),
    clocks: input.list(() => readClock(input)),
  }
}

function writeMoof(out: CompactWriter, moof: OpenMoof, received: number): void {
  out.int(moof.start - received)
  out.uint(moof.end - moof.start)
  out.uint(moof.dataEnd - moof.start)
  out.uint(moof.dataBytes)
  out.uint(moof.implied)
  out.int(moof.trafDataEnd - moof.start)
  writeOptional(out, moof.traf, (traf) => writeTraf(out, traf, received))
}

function readMoof(input: CompactReader, received: number): OpenMoof {
  const start = received + input.int()
  return {
    start,
    end: start + input.uint(),
    dataEnd: start + input.uint(),
    dataBytes: input.uint(),
    implied: input.uint(),
    trafDataEnd: start + input.int(),
    traf: readOptional(input, () => readTraf(input, received)),
  }
}

function writeTraf(out: CompactWriter, traf: OpenTraf, received: number): void {
  out.int(traf.end - received)
  out.uintOrNull(traf.clock)
  writeDefaults(out, traf.defaults)
  out.int(traf.base - received)
  out.int(traf.dataAt - received)
  writeOptional(out, traf.trun, (trun) => {
    out.int(trun.end - received)
    out.uint(trun.flags)
    out.uint(trun.left)
    out.uintOrNull(trun.firstFlags)
  })
}

function readTraf(input: CompactReader, received: number): OpenTraf {
  return {
    end: received + input.int(),
    clock: input.uintOrNull(),
    defaults: readDefaults(input),
    base: received + input.int(),
    dataAt: received + input.int(),
    trun: readOptional(
      input,
      (): OpenTrun => ({
        end: received + input.int(),
        flags: input.uint(),
        left: input.uint(),
        firstFlags: input.uintOrNull(),
      }),
    ),
  }
}

function writeClock(out: CompactWriter, clock: Mp4Clock): void {
  out.uint(clock.number)
  out.uint(KINDS.indexOf(clock.kind))
  out.uint(clock.timescale)
  out.int(clock.shiftTicks)
  writeDefaults(out, clock.defaults)
  out.uint(clock.nextTicks)
  writeOptional(out, clock.endTicks, (endTicks) => out.int(endTicks - clock.nextTicks))
}

function readClock(input: CompactReader): Mp4Clock {
  const [number, kind] = [input.uint(), input.choice(KINDS)]
  const [timescale, shiftTicks] = [input.uint(), input.int()]
  const [defaults, nextTicks] = [readDefaults(input), input.uint()]
  const endTicks = readOptional(input, () => nextTicks + input.int())
  return { number, kind, timescale, shiftTicks, defaults, nextTicks, endTicks }
}

function writeDefaults(out: CompactWriter, defaults: SampleDefaults): void {
  out.uint(defaults.description)
  out.uint(defaults.durationTicks)
  out.uint(defaults.bytes)
  out.uint(defaults.flags)
}

function readDefaults(input: CompactReader): SampleDefaults {
  const [description, durationTicks] = [input.uint(), input.uint()]
  return { description, durationTicks, bytes: input.uint(), flags: input.uint() }
}

function writeOptional<T>(out: CompactWriter, value: T | null, write: (value: T) => void): void {
  out.uint(value === null ? 0 : 1)
  if (value !== null) write(value)
}

function readOptional<T>(input: CompactReader, read: () => T): T | null {
  return input.choice([false, true]) ? read() : null
}
