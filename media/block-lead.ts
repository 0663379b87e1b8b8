// Owns what the first bytes of a Block or SimpleBlock say (RFC 9559 §10): track, time, flags, and with lacing how many
// frames it holds and where the first one begins. It looks at those bytes only, never at the frames.

import { readVint, vintLength } from './ebml.ts'
import { MediaError } from './media-error.ts'
import type { BlockLead } from './webm-state.ts'

/** Longest start of a block that is looked into: track number, time, flags, two payload bytes. */
const LEAD_BYTES = 13
/** Longest list of frame sizes that is read: 256 small frames fit, and no more is ever held for it. */
const LACE_BYTES = 1024

const XIPH = 1
const FIXED = 2

/** A block's data: where it begins in the bytes at hand, and how long it says it is. */
export type BlockSpan = {
  readonly at: number
  readonly bytes: number
  readonly simple: boolean
  /** Take offset of the first byte at hand. */
  readonly base: number
}

/**
 * The block's lead; null when the bytes that say it are not all here.
 * @throws MediaError for a block too short for its own head
 */
export function readBlockLead(buffer: Uint8Array, block: BlockSpan): BlockLead | null {
  const { at, bytes, simple, base } = block
  if (at + Math.min(bytes, LEAD_BYTES) > buffer.length) return null
  const trackBytes = vintLength(buffer[at] ?? 0)
  if (trackBytes > 8 || bytes < trackBytes + 3) throw new MediaError('bad_element', 'a cut block')
  const timeAt = at + trackBytes
  const flags = buffer[timeAt + 2] ?? 0
  const frames = readFrames(buffer, { from: timeAt + 3, to: at + bytes, lacing: (flags >> 1) & 3 })
  if (!frames) return null
  return {
    track: readVint(buffer, at, trackBytes) ?? 0,
    relativeTicks: (((buffer[timeAt] ?? 0) << 24) >> 16) | (buffer[timeAt + 1] ?? 0),
    keyframe: simple && (flags & 0x80) !== 0,
    ...frames,
    payloadAt: base + frames.payloadAt,
  }
}

type Frames = Pick<BlockLead, 'lacedFrames' | 'payloadAt' | 'payloadBytes' | 'first' | 'second'>
type FrameSpan = { readonly from: number; readonly to: number; readonly lacing: number }

function readFrames(buffer: Uint8Array, { from, to, lacing }: FrameSpan): Frames | null {
  if (lacing === 0 || from === to) return framesAt(buffer, { from, to, lacedFrames: 0 })
  const limit = Math.min(to, from + LACE_BYTES)
  const lacedFrames = (buffer[from] ?? 0) + 1
  const lace = { from: from + 1, limit, frames: lacedFrames }
  const begin = lacing === FIXED ? from + 1 : skipSizes(buffer, lace, lacing === XIPH)
  // A list that does not end is no reason to lose the frames: only how long they last is unknown.
  if (begin === null) {
    return limit > buffer.length
      ? null
      : { lacedFrames, payloadAt: from, payloadBytes: 0, first: 0, second: 0 }
  }
  if (Math.min(begin + 2, to) > buffer.length) return null
  return framesAt(buffer, { from: begin, to, lacedFrames })
}

function framesAt(
  buffer: Uint8Array,
  { from, to, lacedFrames }: { from: number; to: number; lacedFrames: number },
): Frames {
  const payloadBytes = to - from
  return {
    lacedFrames,
    payloadAt: from,
    payloadBytes,
    first: payloadBytes > 0 ? (buffer[from] ?? 0) : 0,
    second: payloadBytes > 1 ? (buffer[from + 1] ?? 0) : 0,
  }
}

type Lace = { readonly from: number; readonly limit: number; readonly frames: number }

/** Where the sizes of all frames but the last end; null when that lies behind the bytes or the limit. */
function skipSizes(
  buffer: Uint8Array,
  { from, limit, frames }: Lace,
  isXiph: boolean,
): number | null {
  const end = Math.min(limit, buffer.length)
  let at = from
  for (let sizes = frames - 1; sizes > 0; sizes--) {
    // Xiph: bytes of 255 and one that is less; EBML: numbers of variable length.
    if (isXiph) while (at < end && buffer[at] === 0xff) at++
    at += isXiph ? 1 : vintLength(buffer[at] ?? 0)
    if (at > end) return null
  }
  return at
}
