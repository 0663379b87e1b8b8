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
    if (scan.stage === 'seeking') seekMoof(scan)
    if (scan.stage === 'media') {
      while (step(scan));
      settle(scan, Math.min(scan.received, scan.position))
    }
  } catch (error) {
    if (!(error instanceof MediaError)) throw error
    scan.stage = 'ended'
    scan.trouble = error.code
  }
  return { events: scan.events, state: close(scan) }
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

/** What lies before the first moof has nobody who could say what it is. */
function seekMoof(scan: Mp4Scan): void {
  const { buffer, base } = scan
  const last = buffer.length - SIZE_BYTES - MOOF.length
  for (let at = Math.max(0, scan.position - base); at <= last; at++) {
    if (buffer[at + SIZE_BYTES] !== MOOF[0]) continue
    if (!MOOF.every((byte, i) => buffer[at + SIZE_BYTES + i] === byte)) continue
    scan.stage = 'media'
    scan.position = base + at
    scan.completeEnd = scan.position
    return
  }
  scan.position = Math.max(scan.position, base + last + 1)
}

/** Does one thing: finishes what is complete, or reads one head or table. False = it needs more bytes. */
function step(scan: Mp4Scan): boolean {
  if (scan.received < scan.position) return false
  if (scan.moof && isReading(scan.moof, scan.position)) return stepMoof(scan, scan.moof)
  settle(scan, scan.position)
  if (scan.passing) {
    scan.passing = false
    const endMs = mp4EndMs(scan.clocks)
    if (!scan.moof) scan.events.push({ type: 'boundary', end: scan.position, endMs })
    return true
  }
  const head = readBoxHead(scan.buffer, scan.position - scan.base)
  if (!head) return false
  enterTopLevel(scan, head)
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
    if (scan.moof) throw new MediaError('bad_element', 'a fragment without its data')
    enterMoof(scan, head, end)
  } else {
    scan.position = end
    scan.passing = true
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
