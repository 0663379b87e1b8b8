// Owns EBML (RFC 8794): ids, variable-length numbers, element heads, both ways. It reads inside its bounds only,
// and throws nothing but MediaError.

import { MediaError } from './media-error.ts'

export * as ID from './ebml-id.ts'

export type ElementHead = {
  readonly id: number
  /** Bytes of the payload; null = unknown size, the element ends where its parent's next child begins. */
  readonly size: number | null
  readonly headBytes: number
}

/**
 * Reads id and size at `at`. Null when the bytes end inside the head.
 * @throws MediaError `bad_element` for what can be no head, `element_too_large` from 2^53 on
 */
export function readHead(bytes: Uint8Array, at: number): ElementHead | null {
  if (at >= bytes.length) return null
  const idBytes = vintLength(bytes[at] ?? 0)
  if (idBytes > 4) throw new MediaError('bad_element', `no element id begins at ${at}`)
  const sizeAt = at + idBytes
  if (sizeAt >= bytes.length) return null
  const sizeBytes = vintLength(bytes[sizeAt] ?? 0)
  if (sizeBytes > 8) throw new MediaError('bad_element', `no element size begins at ${sizeAt}`)
  if (sizeAt + sizeBytes > bytes.length) return null
  const id = readUint(bytes, at, idBytes)
  return { id, size: readVint(bytes, sizeAt, sizeBytes), headBytes: idBytes + sizeBytes }
}

/** Length of the variable-length number that begins with this byte; 9 = there is none. */
export function vintLength(first: number): number {
  return Math.clz32(first) - 23
}

/**
 * The value of a variable-length number without its marker; null when all its bits are set (unknown).
 * @throws MediaError `element_too_large` from 2^53 on
 */
export function readVint(bytes: Uint8Array, at: number, length: number): number | null {
  let value = (bytes[at] ?? 0) & (0xff >> length)
  let allSet = value === 0xff >> length
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i] ?? 0
    if (byte !== 0xff) allSet = false
    value = value * 256 + byte
  }
  if (allSet) return null
  if (!Number.isSafeInteger(value)) throw new MediaError('element_too_large', `size ${value}`)
  return value
}

/** Big-endian unsigned integer of 0 to 8 bytes. @throws MediaError from 2^53 on */
export function readUint(bytes: Uint8Array, at: number, length: number): number {
  let value = 0
  for (let i = 0; i < length; i++) value = value * 256 + (bytes[at + i] ?? 0)
  if (!Number.isSafeInteger(value)) throw new MediaError('element_too_large', `number ${value}`)
  return value
}

/** IEEE float of 4 or 8 bytes; 0 for any other length. */
export function readFloat(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (bytes.length === 4) return view.getFloat32(0)
  return bytes.length === 8 ? view.getFloat64(0) : 0
}

/** Text; padding with zero bytes is allowed by EBML and cut off. */
export function readString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end))
}

/** One child of a master element whose bytes are all here. */
export type Child = {
  readonly id: number
  readonly whole: Uint8Array
  readonly payload: Uint8Array
}

/** The children of a complete master element's payload. @throws MediaError when they do not fit in it */
export function* readChildren(payload: Uint8Array): Generator<Child> {
  let at = 0
  while (at < payload.length) {
    const head = readHead(payload, at)
    if (!head || head.size === null || at + head.headBytes + head.size > payload.length) {
      throw new MediaError('bad_element', `child at ${at} leaves its parent`)
    }
    const end = at + head.headBytes + head.size
    yield {
      id: head.id,
      whole: payload.subarray(at, end),
      payload: payload.subarray(at + head.headBytes, end),
    }
    at = end
  }
}
