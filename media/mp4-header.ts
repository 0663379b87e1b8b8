// Owns the head of a fragmented MP4 take: all boxes up to the end of moov. It is read as a whole, because it is small
// and everything later depends on it.

import { MediaError } from './media-error.ts'
import { type Box, payloadOf, readBoxes, readBoxHead } from './mp4-box.ts'
import { type Mp4Track, readMp4Track } from './mp4-tracks.ts'
import { numberIn, readTimedBox, type TimedBox } from './timed-box.ts'

/** Chromium's is 641 to 1222 bytes. See the WebM header's limit: it bounds what one-byte chunks can make grow. */
const MAX_HEADER_BYTES = 16 * 1024
/** Their clocks are in the index of every chunk. */
const MAX_TRACKS = 16

/** The parts of a complete header. */
export type Mp4Header = {
  /** The ftyp box, whole. */
  readonly ftyp: Uint8Array
  /** All boxes inside moov. */
  readonly children: readonly Box[]
  readonly mvhd: TimedBox
  /** Units a second of the movie's own times. */
  readonly timescale: number
  readonly tracks: readonly Mp4Track[]
}

/**
 * Where the header ends; null while no byte behind moov is here: so it is never complete inside an init.
 * @throws MediaError when these bytes cannot become the header of a fragmented MP4
 */
export function findMp4Header(bytes: Uint8Array): number | null {
  let at = 0
  for (;;) {
    const head = readBoxHead(bytes, at)
    if (at === 0 && head && !(head.type === 'ftyp' && (head.size ?? 0) >= 16)) {
      throw new MediaError('not_mp4', 'no ftyp')
    }
    if (!head) return stillShort(bytes)
    if (head.size === null || head.type === 'mdat' || head.type === 'moof') {
      throw new MediaError('bad_element', `${head.type} in front of moov`)
    }
    at += head.size
    if (at > MAX_HEADER_BYTES) throw new MediaError('header_too_large', `${at} bytes`)
    if (head.type === 'moov') return at < bytes.length ? at : null
    if (at >= bytes.length) return null
  }
}

/** Takes apart a header that `findMp4Header` measured. @throws MediaError when its boxes do not fit */
export function readMp4Header(header: Uint8Array): Mp4Header {
  const boxes = readBoxes(header)
  const ftyp = boxes.find((one) => one.type === 'ftyp')
  if (!ftyp) throw new MediaError('not_mp4', 'no ftyp')
  const children = readBoxes(payloadOf(boxes, 'moov'))
  const mvhd = readTimedBox('mvhd', payloadOf(children, 'mvhd'))
  const timescale = numberIn(mvhd)
  // Without mvex no fragment may follow: all samples are in moov, and the file is what it is.
  const extensions = readBoxes(payloadOf(children, 'mvex'))
  const traks = children.filter((child) => child.type === 'trak')
  if (traks.length > MAX_TRACKS) throw new MediaError('header_too_large', `${traks.length} tracks`)
  const tracks = traks.map((trak) => readMp4Track(trak.payload, extensions, timescale))
  return { ftyp: ftyp.whole, children, mvhd, timescale, tracks }
}

/** The same answer wherever the bytes are cut: a header of the largest size may lack 7 bytes of a box's head. */
function stillShort(bytes: Uint8Array): null {
  if (bytes.length > MAX_HEADER_BYTES + 16) {
    throw new MediaError('header_too_large', `no moov in ${bytes.length} bytes`)
  }
  return null
}
