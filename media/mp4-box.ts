// Owns ISO base media boxes (ISO/IEC 14496-12): heads, children and the numbers in them. It reads inside its bounds
// only, and throws nothing but MediaError.

import { readUint } from './ebml.ts'
import { MediaError } from './media-error.ts'

export type BoxHead = {
  readonly type: string
  /** Bytes of the whole box, its head included; null = to the end of the file. */
  readonly size: number | null
  readonly headBytes: number
}

/** A box whose bytes are all here. */
export type Box = {
  readonly type: string
  readonly whole: Uint8Array
  readonly payload: Uint8Array
}

/** Type and 32-bit size; a size of 64 bits makes it 16. */
export const MIN_BOX_BYTES = 8

/**
 * Reads size and type at `at`. Null when the bytes end inside the head.
 * @throws MediaError `bad_element` for what can be no head, `element_too_large` from 2^53 on
 */
export function readBoxHead(bytes: Uint8Array, at: number): BoxHead | null {
  if (at + MIN_BOX_BYTES > bytes.length) return null
  const type = readType(bytes, at + 4)
  const size = readUint(bytes, at, 4)
  if (size === 0) return { type, size: null, headBytes: 8 }
  if (size > 1) return sized({ type, size, headBytes: 8 })
  if (at + 16 > bytes.length) return null
  return sized({ type, size: readUint(bytes, at + 8, 8), headBytes: 16 })
}

/** The children of a complete box's payload. @throws MediaError when they do not fit in it */
export function readBoxes(payload: Uint8Array): Box[] {
  const boxes: Box[] = []
  let at = 0
  while (at < payload.length) {
    const head = readBoxHead(payload, at)
    if (!head || head.size === null || at + head.size > payload.length) {
      throw new MediaError('bad_element', `box at ${at} leaves its parent`)
    }
    const whole = payload.subarray(at, at + head.size)
    boxes.push({ type: head.type, whole, payload: whole.subarray(head.headBytes) })
    at += head.size
  }
  return boxes
}

/** The payload of the first child of this type. @throws MediaError when there is none */
export function payloadOf(boxes: readonly Box[], type: string): Uint8Array {
  const box = boxes.find((one) => one.type === type)
  if (!box) throw new MediaError('bad_element', `no ${type}`)
  return box.payload
}

/** Reads the fields of a payload one after another; past its end it throws MediaError `bad_element`. */
export class FieldReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** The first field of a full box. */
  versionAndFlags(): { version: number; flags: number } {
    return { version: this.uint(1), flags: this.uint(3) }
  }

  /** Big-endian, of 1 to 8 bytes. */
  uint(length: number): number {
    return readUint(this.bytes(length), 0, length)
  }

  int32(): number {
    return this.uint(4) | 0
  }

  /** A time or duration: 8 bytes in version 1, else 4. All bits set means "unknown" and is 0. */
  time(version: number): number {
    const field = this.bytes(version === 1 ? 8 : 4)
    return field.every((byte) => byte === 0xff) ? 0 : readUint(field, 0, field.length)
  }

  bytes(length: number): Uint8Array {
    const from = this.#at
    if (length > this.#bytes.length - from) throw new MediaError('bad_element', 'a cut box')
    this.#at += length
    return this.#bytes.subarray(from, this.#at)
  }

  rest(): Uint8Array {
    return this.#bytes.subarray(this.#at)
  }
}

export function readType(bytes: Uint8Array, at: number): string {
  const type = String.fromCharCode(...bytes.subarray(at, at + 4))
  // Apple writes types that begin with ©; anything else beyond ASCII is damage.
  if (!/^[\x20-\x7e\xa9][\x20-\x7e]{3}$/.test(type)) {
    throw new MediaError('bad_element', `no box begins at ${at - 4}`)
  }
  return type
}

function sized(head: BoxHead): BoxHead {
  if ((head.size ?? 0) < head.headBytes) throw new MediaError('bad_element', 'a box below 8 bytes')
  return head
}
