// Owns av1C, what an MP4 says of an AV1 track (AV1 Codec ISO Media File Format Binding 1.2 §2.3), out of the CodecPrivate,
// which has the same form, or else out of the sequence header in front of a keyframe.

import { type Av1Format, readSequenceHeader } from './av1-sequence.ts'
import { MediaError } from './media-error.ts'
import { box } from './mp4-writer.ts'

const MARKER_AND_VERSION = 0x81
const FIXED_BYTES = 4
const SEQUENCE_HEADER = 1

/** `codecPrivate` may be null, and may lack the sequence header. @throws MediaError when nothing tells */
export function makeAv1C(codecPrivate: Uint8Array | null, keyframe: Uint8Array): Uint8Array {
  const isUsable = codecPrivate?.[0] === MARKER_AND_VERSION && codecPrivate.length >= FIXED_BYTES
  if (isUsable && codecPrivate.length > FIXED_BYTES) return box('av1C', codecPrivate)
  const header = findSequenceHeader(keyframe)
  if (isUsable) return box('av1C', codecPrivate, header?.whole ?? new Uint8Array(0))
  if (!header) throw new MediaError('bad_element', 'no AV1 sequence header')
  return box('av1C', describe(readSequenceHeader(header.payload)), header.whole)
}

function describe(format: Av1Format): Uint8Array {
  const { tier, highBitDepth, twelveBit, monochrome, halfWide, halfHigh } = format
  const bits = [tier, highBitDepth, twelveBit, monochrome, halfWide, halfHigh].map(Number)
  const packed = bits.reduce((sum, bit) => sum * 2 + bit, 0) * 4 + format.chromaPosition
  return Uint8Array.of(MARKER_AND_VERSION, format.profile * 32 + format.level, packed, 0)
}

type Obu = { readonly whole: Uint8Array; readonly payload: Uint8Array }

/** The first sequence header among the OBUs that begin here; null = none is here as a whole. */
function findSequenceHeader(bytes: Uint8Array): Obu | null {
  let at = 0
  while (at < bytes.length) {
    const first = bytes[at] ?? 0
    const [type, isExtended, hasSize] = [(first >> 3) & 15, (first & 4) !== 0, (first & 2) !== 0]
    if (!hasSize) return null
    const size = readLeb128(bytes, at + (isExtended ? 2 : 1))
    const end = size.end + size.value
    if (end > bytes.length) return null
    if (type === SEQUENCE_HEADER) {
      return { whole: bytes.subarray(at, end), payload: bytes.subarray(size.end, end) }
    }
    at = end
  }
  return null
}

/** AV1 specification §4.10.5. */
function readLeb128(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0
  for (let i = 0; i < 8; i++) {
    const byte = bytes[at + i] ?? 0
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return { value, end: at + i + 1 }
  }
  throw new MediaError('bad_element', 'an OBU size of more than 8 bytes')
}
