// Owns the making of EBML elements for the virtual file's header. It writes known sizes only.

/** Bytes of a non-negative integer, big-endian, padded to `length` when given. */
export function uintBytes(value: number, length = uintLength(value)): Uint8Array {
  const bytes = new Uint8Array(length)
  let rest = value
  for (let i = length - 1; i >= 0; i--) {
    bytes[i] = rest % 256
    rest = Math.floor(rest / 256)
  }
  return bytes
}

/** How many bytes a non-negative integer needs; at least 1. */
export function uintLength(value: number): number {
  let length = 1
  for (let rest = Math.floor(value / 256); rest > 0; rest = Math.floor(rest / 256)) length++
  return length
}

/** A size field of exactly 8 bytes, as Chromium reserves them for unknown sizes. */
export function size8(value: number): Uint8Array {
  const bytes = uintBytes(value, 8)
  bytes[0] = 0x01
  return bytes
}

/** A complete element with the shortest size field. */
export function element(id: number, ...payload: readonly Uint8Array[]): Uint8Array {
  const bytes = payload.reduce((sum, part) => sum + part.length, 0)
  return joinBytes([uintBytes(id), sizeField(bytes), ...payload])
}

export function uintElement(id: number, value: number, length?: number): Uint8Array {
  return element(id, uintBytes(value, length))
}

export function floatElement(id: number, value: number): Uint8Array {
  const payload = new Uint8Array(8)
  new DataView(payload.buffer).setFloat64(0, value)
  return element(id, payload)
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

function sizeField(size: number): Uint8Array {
  let length = 1
  // All bits set means "unknown", so the largest value of each length is not to be used.
  while (length < 8 && size >= 2 ** (7 * length) - 1) length++
  const bytes = uintBytes(size, length)
  bytes[0] = (bytes[0] ?? 0) | (0x80 >> (length - 1))
  return bytes
}

/** Overwrites `length` bytes at `at`; for the hot path of the layout, where one array holds all Cluster heads. */
export function writeUint(target: Uint8Array, at: number, value: number, length: number): void {
  let rest = value
  for (let i = length - 1; i >= 0; i--) {
    target[at + i] = rest % 256
    rest = Math.floor(rest / 256)
  }
}
