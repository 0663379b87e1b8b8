// Owns the question what the bytes are. By their magic only: a mimeType is a claim, and a text file that claims
// to be video must never reach a demuxer that would follow the names in it.

import { ID, readHead } from './ebml.ts'
import { MediaError } from './media-error.ts'
import { readDocType } from './webm-header.ts'

export type Container = 'webm' | 'mp4' | 'unknown'

/**
 * What the first bytes of a take (its init, or else its chunk 0) begin. `webm` stands for Matroska too.
 * A few dozen bytes are enough; too few are `unknown`.
 */
export function sniffContainer(bytes: Uint8Array): Container {
  if (isMp4(bytes)) return 'mp4'
  try {
    return isWebm(bytes) ? 'webm' : 'unknown'
  } catch (error) {
    if (error instanceof MediaError) return 'unknown'
    throw error
  }
}

/**
 * Which reader a take is for, by its first byte alone, because it may come alone: a box begins with the upper byte of
 * its size, and no ftyp is 16 MiB long. The reader checks the rest.
 */
export function beginsMp4(bytes: Uint8Array): boolean {
  return bytes[0] === 0
}

function isMp4(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  // 'ftyp' after a 32-bit box size that has room for brand and version.
  return bytes.length >= 8 && view.getUint32(4) === 0x66747970 && view.getUint32(0) >= 16
}

function isWebm(bytes: Uint8Array): boolean {
  const head = readHead(bytes, 0)
  if (head?.id !== ID.ebml || head.size === null) return false
  const end = head.headBytes + head.size
  if (end > bytes.length) return false
  const docType = readDocType(bytes.subarray(0, end))
  return docType === 'webm' || docType === 'matroska'
}
