// Owns the reading of a fragmented MP4 stream that may be cut anywhere: inside heads, tables, the header. Memory is
// bounded by the bytes given; no input makes it throw, what it cannot understand ends the stream as `ended`.

import { joinBytes } from './ebml-writer.ts'
import { MediaError } from './media-error.ts'
import { enterMoof, type Mp4Scan, stepMoof } from './moof-parser.ts'
import { type BoxHead, readBoxHead } from './mp4-box.ts'
import { findMp4Header, readMp4Header } from './mp4-header.ts'
import {
  MAX_MP4_NUMBER,
  type Mp4Event,
  type Mp4State,
  mp4EndMs,
  type OpenMoof,
  startMp4Clock,
} from './mp4-state.ts'

/**
 * Reads the next bytes of a take, however they are cut.
 * @returns what became complete, in order, and the state for the bytes that follow
 */
export function parseMp4(
  state: Mp4State,
  bytes: Uint8Array,
): { events: readonly Mp4Event[]; state: Mp4State } {
  const buffer = state.held.length > 0 ? joinBytes([state.held, bytes]) : bytes
  const base = state.received - state.held.length
  const received = state.received + bytes.length
  const scan: Mp4Scan = { ...state, received, buffer, base, events: [] }
  try {
    if (scan.stage === 'head') takeHeader(scan)
    while (readMedia(scan));
  } catch (error) {
    if (!(error instanceof MediaError)) throw error
    scan.stage = 'ended'
    scan.trouble = error.code
  }
  return { events: scan.events, state: close(scan) }
}

/** True when damage was met and reading is to go on behind it. @throws MediaError when it cannot */
function readMedia(scan: Mp4Scan): boolean {
  if (scan.stage === 'seeking') seekMoof(scan)
  if (scan.stage !== 'media') return false
  try {
    while (step(scan));
    settle(scan, scan.passEnd === null ? scan.position : Math.min(scan.received, scan.passEnd))
    return false
  } catch (error) {
    if (!(error instanceof MediaError) || error.code === 'segment_ended') throw error
    tear(scan, scan.moof?.start ?? null)
    scan.trouble = error.code
    scan.stage = 'seeking'
    scan.position += 1
    return true
  }
}

/** From here on bytes are missing: the samples of this fragment are not what its moof says. */
function tear(scan: Mp4Scan, moof: number | null): void {
  scan.events.push({ type: 'tear', at: scan.position, moof })
  scan.moof = null
  scan.passEnd = null
  scan.origin = null
}

function close(scan: Mp4Scan): Mp4State {
  const { buffer, base, events: _, ...state } = scan
  if (state.stage === 'ended') return { ...state, held: new Uint8Array(0), moof: null }
  // A copy: a view would keep the whole chunk alive for as long as the state is.
  return { ...state, held: buffer.slice(Math.max(0, state.position - base)) }
}

function takeHeader(scan: Mp4Scan): void {
  const length = findMp4Header(scan.buffer)
  if (length === null) return
  const bytes = scan.buffer.slice(0, length)
  scan.clocks = readMp4Header(bytes).tracks.map(startMp4Clock)
  scan.stage = 'media'
  scan.position = scan.base + length
  scan.completeEnd = scan.position
  scan.events.push({ type: 'header', bytes, end: scan.position })
}

/** Every moof begins with these boxes: its own head, of any size, and an mfhd of 16 bytes. */
const MOOF = [0x6d, 0x6f, 0x6f, 0x66, 0, 0, 0, 0x10, 0x6d, 0x66, 0x68, 0x64] as const
const SIZE_BYTES = 4
const SIGNATURE_BYTES = SIZE_BYTES + MOOF.length

/** What lies before the next moof has nobody who could say what it is. */
function seekMoof(scan: Mp4Scan): void {
  const found = findMoof(scan, scan.received)
  if (found === null) {
    scan.position = Math.max(scan.position, scan.received - SIGNATURE_BYTES + 1)
    return
  }
  scan.stage = 'media'
  scan.position = found
}

/**
 * Where a moof begins behind `position` that has its first bytes before `end`; null = nowhere. Twelve given bytes do not
 * come about in media.
 */
function findMoof({ buffer, base, position }: Mp4Scan, end: number): number | null {
  const last = Math.min(buffer.length, end - base) - MOOF.length
  let at = buffer.indexOf(MOOF[0], position - base + SIZE_BYTES)
  while (at >= 0 && at <= last) {
    const from = at
    if (MOOF.every((byte, i) => buffer[from + i] === byte)) return base + at - SIZE_BYTES
    at = buffer.indexOf(MOOF[0], at + 1)
  }
  return null
}

/** Does one thing: finishes what is complete, or reads one head or table. False = it needs more bytes. */
function step(scan: Mp4Scan): boolean {
  if (scan.passEnd !== null) return pass(scan, scan.passEnd)
  if (scan.received < scan.position) return false
  if (scan.moof && isReading(scan.moof, scan.position)) return stepMoof(scan, scan.moof)
  settle(scan, scan.position)
  const head = readBoxHead(scan.buffer, scan.position - scan.base)
  if (!head) return false
  enterTopLevel(scan, head)
  return true
}

/** Goes through a box beside the moofs; a moof inside it means that the rest of the box is missing. */
function pass(scan: Mp4Scan, end: number): boolean {
  const found = findMoof(scan, Math.min(end, scan.received))
  if (found !== null) {
    // A fragment whose samples all lie before it is whole.
    settle(scan, found)
    scan.position = found
    tear(scan, scan.moof?.start ?? null)
    return true
  }
  if (scan.received < end) {
    scan.position = Math.max(scan.position, scan.received - SIGNATURE_BYTES + 1)
    return false
  }
  scan.position = end
  scan.passEnd = null
  settle(scan, end)
  const endMs = mp4EndMs(scan.clocks)
  if (!scan.moof) scan.events.push({ type: 'boundary', end, endMs })
  return true
}

/** The head of a trun without entries may end where the moof does; its samples come all the same. */
function isReading(moof: OpenMoof, position: number): boolean {
  return position < moof.end || moof.traf !== null
}

function enterTopLevel(scan: Mp4Scan, head: BoxHead): void {
  const end = head.size === null ? MAX_MP4_NUMBER : scan.position + head.size
  if (end > MAX_MP4_NUMBER) throw new MediaError('element_too_large', `${head.size} bytes`)
  if (head.type === 'ftyp' || head.type === 'moov') {
    throw new MediaError('segment_ended', 'another file begins')
  }
  if (head.type === 'moof') {
    if (scan.moof) tear(scan, scan.moof.start)
    enterMoof(scan, head, end)
  } else {
    scan.position += head.headBytes
    scan.passEnd = end
  }
}

/** Closes the fragment when its samples lie before `reached`. */
function settle(scan: Mp4Scan, reached: number): void {
  const { moof } = scan
  if (!moof || isReading(moof, reached)) return
  // Without this a few bytes of moof could claim the same data as any number of samples.
  if (moof.dataBytes > moof.dataEnd - moof.end) {
    throw new MediaError('bad_element', 'samples that overlap')
  }
  if (reached < moof.dataEnd) return
  if (moof.dataBytes > 0) scan.completeEnd = moof.dataEnd
  scan.moof = null
}
