// Owns the reading of a moof as it comes: tfhd, tfdt and the entries of trun, with the defaults of trex and tfhd. The
// samples found go out at once; what stays is where reading stands.

import { MediaError } from './media-error.ts'
import { type BoxHead, FieldReader, MIN_BOX_BYTES, readBoxHead } from './mp4-box.ts'
import {
  MAX_MP4_NUMBER,
  type Mp4Event,
  type Mp4State,
  type OpenMoof,
  type OpenTraf,
  type OpenTrun,
} from './mp4-state.ts'
import { readTrunEntries } from './trun-entries.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** The state while one chunk is read, and the bytes: `buffer[0]` is the byte at take offset `base`. */
export type Mp4Scan = Mutable<Mp4State> & {
  readonly buffer: Uint8Array
  readonly base: number
  readonly events: Mp4Event[]
}

const HAS_BASE_OFFSET = 0x1
const HAS_DESCRIPTION = 0x2
const HAS_DURATION = 0x8
const HAS_SIZE = 0x10
const HAS_FLAGS = 0x20
const BASE_IS_MOOF = 0x20000
const HAS_DATA_OFFSET = 0x1
const HAS_FIRST_FLAGS = 0x4

/** tfhd and tfdt are read whole; with all their fields they are below this. */
const MAX_FIELDS_BYTES = 64

export function enterMoof(scan: Mp4Scan, head: BoxHead, end: number): void {
  const start = scan.position
  if (head.size === null) throw new MediaError('bad_element', 'a moof without a size')
  scan.position += head.headBytes
  scan.moof = { start, end, dataEnd: end, dataBytes: 0, implied: 0, trafDataEnd: start, traf: null }
}

/** Reads one thing inside the moof. False = it needs more bytes. */
export function stepMoof(scan: Mp4Scan, moof: OpenMoof): boolean {
  const { traf } = moof
  // An open trun first: without entries its head may be the end of the traf.
  if (traf?.trun) return takeEntries(scan, { moof, traf, trun: traf.trun })
  if (traf && scan.position === traf.end) {
    scan.moof = { ...moof, traf: null, trafDataEnd: traf.dataAt }
    return true
  }
  const limit = traf?.end ?? moof.end
  if (limit - scan.position < MIN_BOX_BYTES) throw new MediaError('bad_element', 'a cut box')
  const head = readBoxHead(scan.buffer, scan.position - scan.base)
  if (!head) return false
  if (head.size === null || scan.position + head.size > limit) {
    throw new MediaError('bad_element', `${head.type} leaves its parent`)
  }
  const end = scan.position + head.size
  if (traf) return enterTrafChild(scan, { moof, traf }, head, end)
  if (head.type === 'traf') openTraf(scan, { moof, head, end })
  else scan.position = end
  return true
}

type InMoof = { readonly moof: OpenMoof; readonly traf: OpenTraf }

function openTraf(
  scan: Mp4Scan,
  { moof, head, end }: { moof: OpenMoof; head: BoxHead; end: number },
): void {
  scan.position += head.headBytes
  const defaults = { description: 1, durationTicks: 0, bytes: 0, flags: 0 }
  const base = moof.trafDataEnd
  scan.moof = { ...moof, traf: { end, clock: null, defaults, base, dataAt: base, trun: null } }
}

function enterTrafChild(scan: Mp4Scan, at: InMoof, head: BoxHead, end: number): boolean {
  if (head.type === 'trun') return openTrun(scan, at, head, end)
  if (head.type !== 'tfhd' && head.type !== 'tfdt') {
    scan.position = end
    return true
  }
  if (end - scan.position > MAX_FIELDS_BYTES) throw new MediaError('bad_element', 'a long tfhd')
  if (end > scan.received) return false
  const from = scan.position - scan.base + head.headBytes
  const fields = new FieldReader(scan.buffer.subarray(from, end - scan.base))
  scan.position = end
  if (head.type === 'tfhd') readTfhd(scan, at, fields)
  else readTfdt(scan, at.traf, fields)
  return true
}

function readTfhd(scan: Mp4Scan, { moof, traf }: InMoof, fields: FieldReader): void {
  const { flags } = fields.versionAndFlags()
  const number = fields.uint(4)
  const clock = scan.clocks.findIndex((one) => one.number === number)
  const known = scan.clocks[clock]
  if (!known) {
    // A track that moov does not know has no place in the file.
    scan.position = traf.end
    return
  }
  const optional = (flag: number, fallback: number) => (flags & flag ? fields.uint(4) : fallback)
  const said = flags & HAS_BASE_OFFSET ? placeInTake(scan, moof, fields.uint(8)) : null
  const { defaults } = known
  const base = said ?? (flags & BASE_IS_MOOF ? moof.start : traf.base)
  if (base > MAX_MP4_NUMBER) throw new MediaError('element_too_large', `data at ${base}`)
  const description = optional(HAS_DESCRIPTION, defaults.description)
  const durationTicks = optional(HAS_DURATION, defaults.durationTicks)
  const bytes = optional(HAS_SIZE, defaults.bytes)
  const sampleFlags = optional(HAS_FLAGS, defaults.flags)
  scan.moof = {
    ...moof,
    traf: {
      ...traf,
      clock,
      defaults: { description, durationTicks, bytes, flags: sampleFlags },
      base,
      dataAt: base,
    },
  }
}

/** Behind a hole nobody knows how much is missing: there the first place is taken for that of its moof, as is usual. */
function placeInTake(scan: Mp4Scan, { start }: OpenMoof, fileOffset: number): number {
  scan.origin ??= start - fileOffset
  return scan.origin + fileOffset
}

function readTfdt(scan: Mp4Scan, { clock: place }: OpenTraf, fields: FieldReader): void {
  const clock = place === null ? undefined : scan.clocks[place]
  if (place === null || !clock) throw new MediaError('bad_element', 'tfdt before tfhd')
  const { version } = fields.versionAndFlags()
  const nextTicks = fields.uint(version === 1 ? 8 : 4)
  if (nextTicks > MAX_MP4_NUMBER) throw new MediaError('bad_element', `${nextTicks} ticks`)
  scan.clocks = scan.clocks.with(place, { ...clock, nextTicks })
}

function openTrun(scan: Mp4Scan, { moof, traf }: InMoof, head: BoxHead, end: number): boolean {
  if (traf.clock === null) throw new MediaError('bad_element', 'trun before tfhd')
  const from = scan.position - scan.base + head.headBytes
  // The longest start is 16 bytes; a shorter box is here as a whole.
  const to = Math.min(from + 16, end - scan.base)
  if (to > scan.buffer.length) return false
  const fields = new FieldReader(scan.buffer.subarray(from, to))
  const { flags } = fields.versionAndFlags()
  const left = fields.uint(4)
  const offset = flags & HAS_DATA_OFFSET ? fields.int32() : null
  const firstFlags = flags & HAS_FIRST_FLAGS ? fields.uint(4) : null
  const dataAt = offset === null ? traf.dataAt : traf.base + offset
  if (left > 0 && dataAt < moof.end) throw new MediaError('bad_element', 'data before its moof')
  scan.position = scan.base + to - fields.rest().length
  scan.moof = { ...moof, traf: { ...traf, dataAt, trun: { end, flags, left, firstFlags } } }
  return true
}

function takeEntries(scan: Mp4Scan, at: InMoof & { trun: OpenTrun }): boolean {
  const { moof, traf, trun } = at
  const place = traf.clock ?? 0
  const clock = scan.clocks[place]
  if (!clock) throw new MediaError('bad_element', 'trun before tfhd')
  if (trun.left === 0) {
    scan.position = trun.end
    scan.moof = { ...moof, traf: { ...traf, trun: null } }
    return true
  }
  const read = readTrunEntries({ scan, moof, traf, trun, clock })
  if (!read) return false
  const { run, dataEnd } = read
  const dataBytes = moof.dataBytes + read.dataBytes
  if (Math.max(dataEnd, dataBytes, read.clock.nextTicks) > MAX_MP4_NUMBER) {
    throw new MediaError('element_too_large', 'samples beyond all bounds')
  }
  scan.events.push({ type: 'run', run })
  scan.clocks = scan.clocks.with(place, read.clock)
  scan.position += read.entryBytes
  scan.moof = {
    ...moof,
    dataEnd: Math.max(moof.dataEnd, dataEnd),
    dataBytes,
    implied: read.implied,
    traf: {
      ...traf,
      dataAt: dataEnd,
      trun: { ...trun, left: trun.left - run.sizes.length, firstFlags: null },
    },
  }
  return true
}
