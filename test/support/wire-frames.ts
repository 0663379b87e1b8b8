// Frames byte by byte, written from protocol §2 alone: it shares no line with the project's own encoder, so
// that the two can disagree.
import { createHash } from 'node:crypto'

export const TYPE = {
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

/** What WebSocket and fetch take. */
export type Bytes = Uint8Array<ArrayBuffer>

export type WireFrame = {
  type: number
  flags: number
  take: number
  seq: number
  payload: Uint8Array
}

type Head = { flags?: number; take?: number; seq?: number }

export const digest = (bytes: Uint8Array): Bytes =>
  new Uint8Array(createHash('sha256').update(bytes).digest())

const utf8 = (text: string): Bytes => new TextEncoder().encode(text)

/** u8 type | u8 flags | u16 take | u32 seq | payload, big-endian. */
export function wire(type: number, payload: Uint8Array, head: Head = {}): Bytes {
  const { flags = 0, take = 0, seq = 0 } = head
  return Uint8Array.from([
    type,
    flags,
    take >>> 8,
    take & 0xff,
    seq >>> 24,
    (seq >>> 16) & 0xff,
    (seq >>> 8) & 0xff,
    seq & 0xff,
    ...payload,
  ])
}

export function parse(bytes: Uint8Array): WireFrame {
  const at = (i: number) => bytes[i] ?? 0
  return {
    type: at(0),
    flags: at(1),
    take: at(2) * 256 + at(3),
    seq: at(4) * 0x1000000 + at(5) * 0x10000 + at(6) * 0x100 + at(7),
    payload: bytes.slice(8),
  }
}

export const jsonOf = <T = Record<string, unknown>>(value: WireFrame): T =>
  JSON.parse(new TextDecoder().decode(value.payload)) as T

export const json = (type: number, body: unknown, head: Head = {}): Bytes =>
  wire(type, utf8(JSON.stringify(body)), head)

export const hello = (recording: string, token?: string): Bytes =>
  json(TYPE.HELLO, { v: 1, recording, ...(token === undefined ? {} : { token }) })

type TakeParts = { mimeType?: string; startedAt?: string; init?: Uint8Array | null }

export function take(number: number, parts: TakeParts = {}): Bytes {
  const { mimeType = 'video/webm', startedAt = '2026-01-02T03:04:05.678Z', init = null } = parts
  const base64 = init && Buffer.from(init).toString('base64')
  return json(TYPE.TAKE, { mimeType, startedAt, init: base64 }, { take: number })
}

type ChunkParts = { take?: number; flags?: number; sha256?: Uint8Array; hints?: [number, number] }

/** sha256[32] · u32 clusterMs · u32 endMs · bytes; both hints unknown unless given. */
export function chunk(seq: number, bytes: Uint8Array, parts: ChunkParts = {}): Bytes {
  const { sha256 = digest(bytes), hints = [0xffffffff, 0xffffffff], flags = 0 } = parts
  const numbers = Buffer.alloc(8)
  numbers.writeUInt32BE(hints[0], 0)
  numbers.writeUInt32BE(hints[1], 4)
  const payload = Buffer.concat([sha256, numbers, bytes])
  const head = Buffer.from(
    wire(TYPE.CHUNK, new Uint8Array(0), { flags, take: parts.take ?? 0, seq }),
  )
  return new Uint8Array(Buffer.concat([head, payload]))
}

export const check = (takeNumber: number, seq: number, sha256: Uint8Array): Bytes =>
  wire(TYPE.CHECK, sha256, { take: takeNumber, seq })

export function finish(chunks: readonly number[], reason?: string): Bytes {
  return json(TYPE.FINISH, finishBody(chunks, reason))
}

export function finishBody(chunks: readonly number[], reason = 'user') {
  return { takes: chunks.map((count, number) => ({ take: number, chunks: count })), reason }
}

export const ping = (seq = 0, flags = 0): Bytes =>
  wire(TYPE.PING, new Uint8Array(0), { seq, flags })

/** A frame stream: each frame preceded by its u32 length. */
export function streamed(...frames: readonly Uint8Array[]): Bytes {
  const parts = frames.flatMap((one) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(one.length)
    return [length, one]
  })
  return new Uint8Array(Buffer.concat(parts))
}

/** Bytes that differ by their seed and are no media. */
export function noise(length: number, seed: number): Bytes {
  let state = (seed * 2654435761 + 12345) >>> 0
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return state >>> 16
  })
}
