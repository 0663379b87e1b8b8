// Owns the head of a take: EBML header, the Segment's head and all that stands before the first Cluster. It is
// read as a whole, because it is small and everything later depends on it.

import { type Child, ID, readChildren, readHead, readString } from './ebml.ts'
import { MediaError } from './media-error.ts'

/**
 * A longer header is not understood (Chromium's is 126 to 207 bytes); what stands behind Tracks may be longer, it is
 * not needed. While the header is incomplete it is carried in the index of every chunk, so this bounds what one-byte
 * chunks can make the ledger grow.
 */
export const MAX_HEADER_BYTES = 16 * 1024

const MAGIC = [0x1a, 0x45, 0xdf, 0xa3] as const

/** Where the header ends. */
export type HeaderSpan = {
  readonly bytes: number
  /** Offset behind a Segment of known size; null = unknown, as recorders write it. */
  readonly segmentEnd: number | null
}

/** The parts of a complete header. */
export type WebmHeader = {
  /** The EBML header element, whole. */
  readonly ebml: Uint8Array
  /** Children of the Segment before its first Cluster. */
  readonly children: readonly Child[]
}

/**
 * Finds the end of the header in the first bytes of a take: the first Cluster, or behind Tracks whatever is too large to
 * be part of a header (Cues in front, pictures, room kept free). Null when the bytes end before it is known.
 * @throws MediaError when these bytes cannot become a WebM or Matroska header
 */
export function findHeader(bytes: Uint8Array): HeaderSpan | null {
  for (let i = 0; i < Math.min(4, bytes.length); i++) {
    if (bytes[i] !== MAGIC[i]) throw new MediaError('not_webm', 'no EBML magic')
  }
  const segment = findSegment(bytes)
  if (!segment) return null
  let at = segment.dataAt
  let hasTracks = false
  while (!startsCluster(bytes, at)) {
    const element = spanAt(bytes, at)
    if (!element) return null
    if (segment.end !== null && element.end > segment.end) {
      throw new MediaError('bad_element', 'an element leaves the Segment')
    }
    if (hasTracks && element.end > MAX_HEADER_BYTES) break
    at = inHeader(element.end)
    hasTracks ||= element.id === ID.tracks
  }
  return { bytes: at, segmentEnd: segment.end }
}

/** Takes apart a header that `findHeader` measured. @throws MediaError when its elements do not fit */
export function readHeader(header: Uint8Array): WebmHeader {
  const segment = findSegment(header)
  const ebmlEnd = spanAt(header, 0)?.end ?? null
  if (!segment || ebmlEnd === null) throw new MediaError('header_incomplete', 'no Segment')
  const ebml = header.subarray(0, ebmlEnd)
  const docType = readDocType(ebml)
  if (docType !== 'webm' && docType !== 'matroska') {
    throw new MediaError('not_webm', `DocType ${JSON.stringify(docType)}`)
  }
  return { ebml, children: [...readChildren(header.subarray(segment.dataAt))] }
}

/** The DocType of a whole EBML header element; empty when it has none. @throws MediaError */
export function readDocType(ebml: Uint8Array): string {
  const head = readHead(ebml, 0)
  if (!head) throw new MediaError('header_incomplete', 'no EBML header')
  for (const child of readChildren(ebml.subarray(head.headBytes))) {
    if (child.id === ID.docType) return readString(child.payload)
  }
  return ''
}

type SegmentSpan = { readonly dataAt: number; readonly end: number | null }

function findSegment(bytes: Uint8Array): SegmentSpan | null {
  let at = 0
  for (;;) {
    const before = spanAt(bytes, at)
    if (!before) return null
    at = inHeader(before.end)
    const head = readHead(bytes, at)
    if (!head) return null
    const dataAt = at + head.headBytes
    if (head.id === ID.segment)
      return { dataAt, end: head.size === null ? null : dataAt + head.size }
    if (head.id !== ID.void) throw new MediaError('not_webm', 'no Segment behind the EBML header')
  }
}

/** The element at `at`, whose end may lie behind the bytes; null when its head is cut. */
function spanAt(bytes: Uint8Array, at: number): { id: number; end: number } | null {
  const head = readHead(bytes, at)
  if (!head) return null
  if (head.size === null) throw new MediaError('bad_element', 'unknown size inside the header')
  if (head.id === ID.ebml && at > 0) throw new MediaError('not_webm', 'a second EBML header')
  return { id: head.id, end: at + head.headBytes + head.size }
}

function inHeader(end: number): number {
  if (end > MAX_HEADER_BYTES) throw new MediaError('header_too_large', `${end} bytes`)
  return end
}

function startsCluster(bytes: Uint8Array, at: number): boolean {
  return (
    at + 4 <= bytes.length &&
    bytes[at] === 0x1f &&
    bytes[at + 1] === 0x43 &&
    bytes[at + 2] === 0xb6 &&
    bytes[at + 3] === 0x75
  )
}
