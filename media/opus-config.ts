// Owns dOps, what an MP4 says of an Opus track (Encapsulation of Opus in ISOBMFF 0.1 §4.3.2): the same fields as WebM's
// OpusHead (RFC 7845 §5.1), the other way round.

import { joinBytes } from './ebml-writer.ts'
import { MediaError } from './media-error.ts'
import { box } from './mp4-writer.ts'

export const OPUS_RATE = 48_000
const MAGIC = 'OpusHead'
const HEAD_BYTES = 19

export type OpusConfig = {
  readonly box: Uint8Array
  readonly channels: number
  /** Samples at 48 kHz that a decoder gives before the sound begins. */
  readonly preSkip: number
}

/** @throws MediaError when the CodecPrivate is no OpusHead */
export function readOpusHead(head: Uint8Array): OpusConfig {
  const magic = String.fromCharCode(...head.subarray(0, MAGIC.length))
  if (magic !== MAGIC || head.length < HEAD_BYTES) {
    throw new MediaError('bad_element', 'no OpusHead')
  }
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  const [channels, family] = [view.getUint8(9), view.getUint8(18)]
  const preSkip = view.getUint16(10, true)
  const fields = new DataView(new ArrayBuffer(11))
  fields.setUint8(1, channels)
  fields.setUint16(2, preSkip)
  fields.setUint32(4, view.getUint32(12, true))
  fields.setInt16(8, view.getInt16(16, true))
  fields.setUint8(10, family)
  const mappingBytes = family === 0 ? 0 : 2 + channels
  if (head.length < HEAD_BYTES + mappingBytes) throw new MediaError('bad_element', 'a cut OpusHead')
  const mapping = head.subarray(HEAD_BYTES, HEAD_BYTES + mappingBytes)
  return {
    box: box('dOps', joinBytes([new Uint8Array(fields.buffer), mapping])),
    channels,
    preSkip,
  }
}
