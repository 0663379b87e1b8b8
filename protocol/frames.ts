// A frame: 8 bytes of head, big-endian, and a payload (protocol §2). Owns the head's layout only.
import { HoldfastError } from './errors.ts'

export const FRAME = {
  HELLO: 0x01,
  TAKE: 0x02,
  CHUNK: 0x03,
  FINISH: 0x04,
  PING: 0x05,
  CHECK: 0x06,
  WELCOME: 0x81,
  ACK: 0x82,
  NACK: 0x83,
  PONG: 0x84,
  EVENT: 0x85,
  ERROR: 0x86,
} as const

export type FrameType = (typeof FRAME)[keyof typeof FRAME]

export const FLAG = {
  /** CHUNK: the bytes begin on an element or box boundary. */
  aligned: 1,
  /** PING: "recording again", revokes a FINISH. */
  recordingAgain: 1,
  /** ACK of a TAKE. */
  ackTake: 1,
  /** ACK of a FINISH: its totals are committed. */
  ackFinish: 2,
} as const

/** type u8 · flags u8 · take u16 · seq u32. */
export const HEAD_BYTES = 8

export type Frame = {
  /** Any u8: the reader decides which types it takes. */
  readonly type: number
  readonly flags: number
  readonly take: number
  readonly seq: number
  readonly payload: Uint8Array
}

const EMPTY = new Uint8Array(0)

/** A frame from its parts; omitted parts are 0 or empty. */
export function frame(type: FrameType, parts: Partial<Omit<Frame, 'type'>> = {}): Frame {
  return { type, flags: 0, take: 0, seq: 0, payload: EMPTY, ...parts }
}

function writeHead(view: DataView, at: number, { type, flags, take, seq }: Frame): void {
  view.setUint8(at, type)
  view.setUint8(at + 1, flags)
  view.setUint16(at + 2, take)
  view.setUint32(at + 4, seq)
}

/** The frame as one WebSocket message. @param space where it is written if it fits: overwritten by the next one */
export function encodeFrame(value: Frame, space?: ArrayBuffer): Uint8Array<ArrayBuffer> {
  const length = HEAD_BYTES + value.payload.length
  const fits = space !== undefined && length <= space.byteLength
  const out = fits ? new Uint8Array(space, 0, length) : new Uint8Array(length)
  writeHead(new DataView(out.buffer), 0, value)
  out.set(value.payload, HEAD_BYTES)
  return out
}

/** The frame as part of a frame stream: preceded by its u32 length. */
export function encodeStreamed(value: Frame): Uint8Array<ArrayBuffer> {
  const length = HEAD_BYTES + value.payload.length
  const out = new Uint8Array(4 + length)
  const view = new DataView(out.buffer)
  view.setUint32(0, length)
  writeHead(view, 4, value)
  out.set(value.payload, 4 + HEAD_BYTES)
  return out
}

/**
 * Reads one WebSocket message. The payload is a view into `bytes`, not a copy.
 * @throws HoldfastError `bad_frame` when shorter than a head
 */
export function decodeFrame(bytes: Uint8Array): Frame {
  if (bytes.length < HEAD_BYTES) {
    throw new HoldfastError('bad_frame', { message: 'The frame is shorter than its head.' })
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return {
    type: view.getUint8(0),
    flags: view.getUint8(1),
    take: view.getUint16(2),
    seq: view.getUint32(4),
    payload: bytes.subarray(HEAD_BYTES),
  }
}
