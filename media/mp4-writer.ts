// Owns the making of boxes for the virtual file's header. It writes known sizes only.

import { joinBytes, uintBytes } from './ebml-writer.ts'

/** A complete box with a 32-bit size; nothing made here comes near its limit. */
export function box(type: string, ...payload: readonly Uint8Array[]): Uint8Array {
  const bytes = payload.reduce((sum, part) => sum + part.length, 8)
  return joinBytes([uintBytes(bytes, 4), typeBytes(type), ...payload])
}

export type FullBoxHead = { readonly version?: number; readonly flags?: number }

export function fullBox(
  type: string,
  { version = 0, flags = 0 }: FullBoxHead,
  ...payload: readonly Uint8Array[]
): Uint8Array {
  return box(type, uintBytes(version, 1), uintBytes(flags, 3), ...payload)
}

/** Numbers of 32 bits each, one after another; negative ones as two's complement. */
export function uint32s(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < values.length; i++) view.setUint32(i * 4, values[i] ?? 0)
  return bytes
}

/** Numbers of 64 bits each, below 2^53. */
export function uint64s(values: readonly number[]): Uint8Array {
  return uint32s(values.flatMap((value) => [Math.floor(value / 2 ** 32), value % 2 ** 32]))
}

/** The head of the mdat around `payloadBytes`: 16 bytes long where 32 bits cannot say the size. */
export function mdatHead(payloadBytes: number): Uint8Array {
  const short = payloadBytes + 8
  if (short < 2 ** 32) return joinBytes([uintBytes(short, 4), typeBytes('mdat')])
  return joinBytes([uintBytes(1, 4), typeBytes('mdat'), uintBytes(payloadBytes + 16, 8)])
}

function typeBytes(type: string): Uint8Array {
  return Uint8Array.from(type, (char) => char.charCodeAt(0))
}
