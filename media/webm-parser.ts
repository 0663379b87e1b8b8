// Owns the reading of a WebM stream that may be cut anywhere: inside ids, sizes, blocks, the header. Memory is
// bounded by the bytes given; no input makes it throw, what it cannot understand ends the stream as `ended`.

import { readBlockLead } from './block-lead.ts'
import { type ElementHead, ID, readHead, readUint } from './ebml.ts'
import { joinBytes } from './ebml-writer.ts'
import { MediaError } from './media-error.ts'
import { findHeader } from './webm-header.ts'
import type { BlockLead, WebmEvent, WebmState } from './webm-state.ts'

/** Ticks beyond this are damage: at 1 ms it is 139 years. */
const MAX_TICKS = 2 ** 42
/** No take is a petabyte long: a place beyond that is damage, and all arithmetic stays below 2^53. */
const MAX_OFFSET = 2 ** 50

/** No frame is larger. */
const MAX_BLOCK_BYTES = 2 ** 28
/**
 * Elements that nobody knows are passed over up to this size: of random bytes nearly all would look like one, and a torn
 * block would take everything behind it along.
 */
const MAX_STRANGE_BYTES = 4096
/** Void, CRC-32, Position, PrevSize, EncryptedBlock, SilentTracks: what a Cluster may have beside blocks. */
const PASSED_IN_CLUSTER: ReadonlySet<number> = new Set([
  ID.void,
  ID.crc32,
  0xa7,
  0xab,
  0xaf,
  0x5854,
])

/** What ends a Cluster of unknown size: any element that can only stand beside or above it. */
const ENDS_CLUSTER: ReadonlySet<number> = new Set([
  ID.cluster,
  ID.cues,
  ID.seekHead,
  ID.info,
  ID.tracks,
  ID.tags,
  ID.chapters,
  ID.attachments,
  ID.segment,
  ID.ebml,
])

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** The state while one chunk is read, and the bytes: `buffer[0]` is the byte at take offset `base`. */
type Scan = Mutable<WebmState> & {
  readonly buffer: Uint8Array
  readonly base: number
  readonly events: WebmEvent[]
}

/**
 * Reads the next bytes of a take, however they are cut.
 * @returns what became complete, in order, and the state for the bytes that follow
 */
export function parseWebm(
  state: WebmState,
  bytes: Uint8Array,
): { events: readonly WebmEvent[]; state: WebmState } {
  const buffer = state.held.length > 0 ? joinBytes([state.held, bytes]) : bytes
  const base = state.received - state.held.length
  const received = state.received + bytes.length
  const scan: Scan = { ...state, received, buffer, base, events: [] }
  try {
    if (scan.stage === 'head') takeHeader(scan)
    if (scan.stage === 'media') while (step(scan));
  } catch (error) {
    if (!(error instanceof MediaError)) throw error
    scan.stage = 'ended'
    scan.trouble = error.code
  }
  return { events: scan.events, state: close(scan) }
}

/** Read at once, so that the events of what no recorder writes (a chunk of empty blocks) are not many times its size. */
const PART_BYTES = 64 * 1024

/**
 * The same, event by event and part by part.
 * @param take is told each event in order; what it throws ends the reading and is thrown
 */
export function readWebm(
  state: WebmState,
  bytes: Uint8Array,
  take: (event: WebmEvent) => void,
): WebmState {
  let now = state
  for (let at = 0; at === 0 || at < bytes.length; at += PART_BYTES) {
    const part = parseWebm(now, bytes.subarray(at, at + PART_BYTES))
    now = part.state
    for (const event of part.events) take(event)
  }
  return now
}

function close(scan: Scan): WebmState {
  const { buffer, base, events: _, ...state } = scan
  if (state.stage === 'ended') return { ...state, held: new Uint8Array(0) }
  // A copy: a view would keep the whole chunk alive for as long as the state is.
  return { ...state, held: buffer.slice(Math.max(0, state.position - base)) }
}

function takeHeader(scan: Scan): void {
  const span = findHeader(scan.buffer)
  if (!span) return
  scan.stage = 'media'
  scan.position = scan.base + span.bytes
  scan.completeEnd = scan.position
  // A Segment too large to be true is one of unknown size.
  const bounded = span.segmentEnd !== null && span.segmentEnd < MAX_OFFSET
  scan.segmentEnd = bounded ? scan.base + (span.segmentEnd ?? 0) : null
  scan.events.push({
    type: 'header',
    bytes: scan.buffer.slice(0, span.bytes),
    end: scan.position,
  })
}

/** Does one thing: finishes what is complete, or reads one element head. False = it needs more bytes. */
function step(scan: Scan): boolean {
  if (scan.received < scan.position) return false
  if (finishComplete(scan)) return true
  const head = readHead(scan.buffer, scan.position - scan.base)
  if (!head) return false
  if (scan.block) return enterGroupChild(scan, head, endOf(scan, head))
  if (!scan.cluster) return enterTopLevel(scan, head)
  if (!ENDS_CLUSTER.has(head.id)) return enterClusterChild(scan, head, endOf(scan, head))
  if (scan.cluster.end !== null) throw new MediaError('bad_element', 'a Cluster inside a Cluster')
  closeCluster(scan)
  return true
}

function finishComplete(scan: Scan): boolean {
  if (scan.block?.end === scan.position) finishBlock(scan)
  else if (scan.other) finishOther(scan)
  else if (!scan.block && scan.cluster?.end === scan.position) closeCluster(scan)
  else if (!scan.block && scan.segmentEnd === scan.position) {
    throw new MediaError('segment_ended', 'bytes behind the end of the Segment')
  } else return false
  return true
}

/** Where the element ends; it must not leave its parent. */
function endOf(scan: Scan, head: ElementHead): number {
  if (head.size === null) throw new MediaError('bad_element', 'unknown size')
  const end = scan.position + head.headBytes + head.size
  if (end > MAX_OFFSET) throw new MediaError('element_too_large', `${head.size} bytes`)
  const limit = scan.block?.end ?? scan.cluster?.end ?? scan.segmentEnd
  if (limit !== null && end > limit) throw new MediaError('bad_element', 'leaves its parent')
  return end
}

function enterTopLevel(scan: Scan, head: ElementHead): boolean {
  if (head.id === ID.ebml || head.id === ID.segment) {
    throw new MediaError('segment_ended', 'another file begins')
  }
  if (head.id !== ID.cluster) return pass(scan, head, endOf(scan, head))
  scan.cluster = {
    start: scan.position,
    headBytes: head.headBytes,
    end: head.size === null ? null : endOf(scan, head),
    timecode: 0,
    announced: false,
  }
  scan.position += head.headBytes
  return true
}

function enterClusterChild(scan: Scan, head: ElementHead, end: number): boolean {
  if (head.id === ID.timecode) return readTimecode(scan, head, end)
  if (head.id === ID.crc32 && leaveOutOfCluster(scan, end)) return true
  const isBlock = head.id === ID.simpleBlock || head.id === ID.blockGroup
  const isKnown = isBlock || PASSED_IN_CLUSTER.has(head.id)
  if ((head.size ?? 0) > (isKnown ? MAX_BLOCK_BYTES : MAX_STRANGE_BYTES)) {
    throw new MediaError('element_too_large', `${head.size} bytes in a Cluster`)
  }
  if (!isBlock) return pass(scan, head, end)
  const grouped = head.id === ID.blockGroup
  const lead = grouped ? null : leadOf(scan, head, true)
  if (!grouped && !lead) return false
  const block = { start: scan.position, end, grouped, lead, durationTicks: null, referenced: false }
  scan.block = block
  scan.position = grouped ? scan.position + head.headBytes : end
  return true
}

/**
 * A checksum comes first in its Cluster and is of all that follows. It would be wrong where the file ends in the middle
 * of a Cluster, so it counts as part of the recorded head, in whose place a new one is written.
 */
function leaveOutOfCluster(scan: Scan, end: number): boolean {
  const { cluster, position } = scan
  if (!cluster || cluster.announced || position !== cluster.start + cluster.headBytes) return false
  scan.cluster = { ...cluster, headBytes: end - cluster.start }
  scan.position = end
  return true
}

function enterGroupChild(scan: Scan, head: ElementHead, end: number): boolean {
  if (!scan.block) return false
  if (head.id === ID.block) {
    const lead = leadOf(scan, head, false)
    if (!lead) return false
    scan.block = { ...scan.block, lead }
  } else if (head.id === ID.blockDuration) {
    const durationTicks = readTicks(scan, head)
    if (durationTicks === null) return false
    scan.block = { ...scan.block, durationTicks }
  } else if (head.id === ID.referenceBlock) {
    scan.block = { ...scan.block, referenced: true }
  }
  scan.position = end
  return true
}

function pass(scan: Scan, head: ElementHead, end: number): boolean {
  scan.other = { start: scan.position, headBytes: head.headBytes }
  scan.position = end
  return true
}

function readTimecode(scan: Scan, head: ElementHead, end: number): boolean {
  const timecode = readTicks(scan, head)
  if (timecode === null || !scan.cluster) return false
  scan.cluster = { ...scan.cluster, timecode }
  announce(scan, end)
  scan.position = end
  return true
}

/** The payload as a number of ticks; null when it is not all here. */
function readTicks(scan: Scan, head: ElementHead): number | null {
  const at = scan.position - scan.base + head.headBytes
  const size = head.size ?? 0
  if (size > 8) throw new MediaError('bad_element', 'a number longer than 8 bytes')
  if (at + size > scan.buffer.length) return null
  const ticks = readUint(scan.buffer, at, size)
  if (ticks > MAX_TICKS) throw new MediaError('bad_element', `${ticks} ticks`)
  return ticks
}

function leadOf(scan: Scan, head: ElementHead, simple: boolean): BlockLead | null {
  const at = scan.position - scan.base + head.headBytes
  return readBlockLead(scan.buffer, { at, base: scan.base, bytes: head.size ?? 0, simple })
}

function finishBlock(scan: Scan): void {
  const { block, cluster } = scan
  if (!block || !cluster) return
  announce(scan, cluster.start + cluster.headBytes)
  scan.block = null
  scan.completeEnd = block.end
  if (!block.lead) return
  // In a BlockGroup a keyframe is a block that refers to no other one.
  const lead = block.grouped ? { ...block.lead, keyframe: !block.referenced } : block.lead
  scan.events.push({
    type: 'block',
    start: block.start,
    end: block.end,
    relative: block.start - cluster.start - cluster.headBytes,
    clusterTicks: cluster.timecode,
    timeTicks: cluster.timecode + lead.relativeTicks,
    durationTicks: block.durationTicks,
    lead,
  })
}

function finishOther(scan: Scan): void {
  const { other, cluster } = scan
  if (!other) return
  scan.other = null
  // What stands in a Cluster before its timecode belongs to the head of the Cluster: no place to cut.
  if (cluster && !cluster.announced) return
  scan.completeEnd = scan.position
  scan.events.push({ type: 'other', ...other, end: scan.position, inCluster: cluster !== null })
}

function announce(scan: Scan, timecodeEnd: number): void {
  const { cluster } = scan
  if (!cluster || cluster.announced) return
  scan.cluster = { ...cluster, announced: true }
  const { start, headBytes, timecode } = cluster
  const timecodeBytes = timecodeEnd - start - headBytes
  scan.events.push({ type: 'cluster', start, headBytes, timecode, timecodeBytes })
}

function closeCluster(scan: Scan): void {
  const { cluster } = scan
  scan.cluster = null
  if (!cluster || cluster.announced) return
  const { start, headBytes } = cluster
  scan.events.push({ type: 'cluster', start, headBytes, timecode: null, timecodeBytes: 0 })
}
