// How a frame lies in a segment: u32 length · head · payload, exactly as in a frame stream on the wire.
import { FRAME, type Frame, HEAD_BYTES } from '@holdfast/protocol'
import { CONFLICT_MEDIA_OFFSET, PAYLOAD_OFFSET } from './chunk-store.ts'

/**
 * The longest frame that is stored, head included: what a scan holds in memory at once. Far above any setting
 * of HOLDFAST_MAX_CHUNK_BYTES that makes sense.
 */
export const MAX_STORED_FRAME_BYTES = 256 * 1024 * 1024

/** What a frame takes on disk. */
export const storedBytes = (frame: Frame): number => PAYLOAD_OFFSET + frame.payload.length

/** Length and head: what precedes the payload in the frame stream. */
export function streamHead(frame: Frame): Uint8Array {
  const head = new Uint8Array(PAYLOAD_OFFSET)
  const view = new DataView(head.buffer)
  view.setUint32(0, HEAD_BYTES + frame.payload.length)
  view.setUint8(4, frame.type)
  view.setUint8(5, frame.flags)
  view.setUint16(6, frame.take)
  view.setUint32(8, frame.seq)
  return head
}

/** Where the content begins of a frame that starts at `start`: a CHUNK's media, another frame's payload. */
export function contentOffset(frame: Frame, start: number): number {
  return start + (frame.type === FRAME.CHUNK ? CONFLICT_MEDIA_OFFSET : PAYLOAD_OFFSET)
}
