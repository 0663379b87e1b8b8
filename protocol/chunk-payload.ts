// The payload of CHUNK and CHECK: sha256[32] · u32 clusterMs · u32 endMs · bytes (protocol §2).
import { HoldfastError } from './errors.ts'
import { FLAG, FRAME, type Frame, frame } from './frames.ts'

export const SHA256_BYTES = 32
/** Bytes of a CHUNK payload before the media. */
export const CHUNK_HEAD_BYTES = SHA256_BYTES + 8

const UNKNOWN_MS = 0xffffffff

export type Chunk = {
  readonly take: number
  readonly seq: number
  /** The bytes begin on an element or box boundary. A hint: never trusted over the bytes. */
  readonly aligned: boolean
  readonly sha256: Uint8Array
  /** Timecode in ms of the Cluster in force at the first byte; null when unknown. A hint. */
  readonly clusterMs: number | null
  /** Media time of the take at the chunk's end in ms; null when unknown. A hint. */
  readonly endMs: number | null
  readonly bytes: Uint8Array
}

const toWire = (ms: number | null): number =>
  ms === null || !(ms >= 0 && ms < UNKNOWN_MS) ? UNKNOWN_MS : Math.floor(ms)

const fromWire = (value: number): number | null => (value === UNKNOWN_MS ? null : value)

export function chunkFrame(chunk: Chunk): Frame {
  const payload = new Uint8Array(CHUNK_HEAD_BYTES + chunk.bytes.length)
  payload.set(chunk.sha256)
  const view = new DataView(payload.buffer)
  view.setUint32(SHA256_BYTES, toWire(chunk.clusterMs))
  view.setUint32(SHA256_BYTES + 4, toWire(chunk.endMs))
  payload.set(chunk.bytes, CHUNK_HEAD_BYTES)
  const { take, seq } = chunk
  return frame(FRAME.CHUNK, { flags: chunk.aligned ? FLAG.aligned : 0, take, seq, payload })
}

/**
 * Reads a CHUNK frame; `sha256` and `bytes` are views into its payload. Does not hash.
 * @throws HoldfastError `bad_frame` when shorter than the fixed part
 */
export function readChunk(value: Frame): Chunk {
  const { payload, take, seq, flags } = value
  if (payload.length < CHUNK_HEAD_BYTES) {
    throw new HoldfastError('bad_frame', { message: 'The CHUNK payload is too short.' })
  }
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  return {
    take,
    seq,
    aligned: (flags & FLAG.aligned) !== 0,
    sha256: payload.subarray(0, SHA256_BYTES),
    clusterMs: fromWire(view.getUint32(SHA256_BYTES)),
    endMs: fromWire(view.getUint32(SHA256_BYTES + 4)),
    bytes: payload.subarray(CHUNK_HEAD_BYTES),
  }
}

/** @throws HoldfastError `bad_frame` unless the payload is exactly one sha256 */
export function readCheck(value: Frame): Uint8Array {
  if (value.payload.length === SHA256_BYTES) return value.payload
  throw new HoldfastError('bad_frame', { message: 'The CHECK payload must be one sha256.' })
}
