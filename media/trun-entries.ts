// Owns the entries of a trun: size, duration, flags and composition offset of each sample, as many as are here.

import { MediaError } from './media-error.ts'
import {
  MAX_RUN_SAMPLES,
  type Mp4Clock,
  type OpenMoof,
  type OpenTraf,
  type OpenTrun,
  type SampleRun,
} from './mp4-state.ts'

const HAS_DURATION = 0x100
const HAS_SIZE = 0x200
const HAS_FLAGS = 0x400
const HAS_SHIFT = 0x800
const IS_NOT_SYNC = 0x10000
/** Samples of a moof that no byte stands for. More of them is damage: no recorder writes 65,536 samples of one size. */
const MAX_IMPLIED = 65_536

type EntrySource = {
  readonly scan: { readonly buffer: Uint8Array; readonly base: number; readonly position: number }
  readonly moof: OpenMoof
  readonly traf: OpenTraf
  readonly trun: OpenTrun
  readonly clock: Mp4Clock
}

type EntriesRead = {
  readonly run: SampleRun
  readonly clock: Mp4Clock
  readonly entryBytes: number
  readonly dataEnd: number
  readonly dataBytes: number
  readonly implied: number
}

/** Null when not one more entry is here. @throws MediaError when more entries are claimed than fit */
export function readTrunEntries({
  scan,
  moof,
  traf,
  trun,
  clock,
}: EntrySource): EntriesRead | null {
  const { buffer, base, position } = scan
  const width = entryWidth(trun.flags)
  if (trun.left * width > trun.end - position) throw new MediaError('bad_element', 'a cut trun')
  const from = position - base
  const here = width === 0 ? trun.left : Math.floor((buffer.length - from) / width)
  const count = Math.min(trun.left, here, MAX_RUN_SAMPLES)
  const implied = moof.implied + (width === 0 ? count : 0)
  if (implied > MAX_IMPLIED || (width === 0 && traf.defaults.bytes === 0)) {
    throw new MediaError('element_too_large', `${trun.left} samples without an entry`)
  }
  if (count === 0) return null
  const view = new DataView(buffer.buffer, buffer.byteOffset + from, count * width)
  const columns = readColumns(view, { traf, trun, count })
  const dataBytes = columns.sizes.reduce((sum, size) => sum + size, 0)
  return {
    run: {
      track: clock.number,
      at: traf.dataAt,
      moof: moof.start,
      ticks: clock.nextTicks,
      description: traf.defaults.description,
      ...columns,
    },
    clock: advance(clock, columns),
    entryBytes: count * width,
    dataEnd: traf.dataAt + dataBytes,
    dataBytes,
    implied,
  }
}

type Columns = Pick<SampleRun, 'sizes' | 'durations' | 'shifts' | 'syncs'>
type ColumnSource = { readonly traf: OpenTraf; readonly trun: OpenTrun; readonly count: number }

function readColumns(view: DataView, { traf, trun, count }: ColumnSource): Columns {
  const { flags, firstFlags } = trun
  const { defaults } = traf
  const sizes: number[] = []
  const durations: number[] = []
  const shifts: number[] = []
  const syncs: number[] = []
  let at = 0
  const next = () => {
    at += 4
    return view.getUint32(at - 4)
  }
  for (let i = 0; i < count; i++) {
    durations.push(flags & HAS_DURATION ? next() : defaults.durationTicks)
    sizes.push(flags & HAS_SIZE ? next() : defaults.bytes)
    const said = flags & HAS_FLAGS ? next() : defaults.flags
    const sampleFlags = i === 0 ? (firstFlags ?? said) : said
    syncs.push(sampleFlags & IS_NOT_SYNC ? 0 : 1)
    // Signed in version 0 too: real files have negative ones there, and no shift is 2^31 ticks long.
    shifts.push(flags & HAS_SHIFT ? next() | 0 : 0)
  }
  return { sizes, durations, shifts, syncs }
}

function advance(clock: Mp4Clock, { durations, shifts }: Columns): Mp4Clock {
  let { nextTicks, endTicks } = clock
  for (let i = 0; i < durations.length; i++) {
    nextTicks += durations[i] ?? 0
    endTicks = Math.max(endTicks ?? 0, nextTicks + (shifts[i] ?? 0))
  }
  return { ...clock, nextTicks, endTicks }
}

function entryWidth(flags: number): number {
  let width = 0
  for (const flag of [HAS_DURATION, HAS_SIZE, HAS_FLAGS, HAS_SHIFT]) if (flags & flag) width += 4
  return width
}
