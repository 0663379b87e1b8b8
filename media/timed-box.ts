// Owns mvhd, tkhd and mdhd: three boxes of one shape, of which the file changes the duration only.

import { readUint } from './ebml.ts'
import { joinBytes } from './ebml-writer.ts'
import { MediaError } from './media-error.ts'
import { FieldReader } from './mp4-box.ts'
import { fullBox, uint64s } from './mp4-writer.ts'

export type TimedBox = {
  readonly type: 'mvhd' | 'tkhd' | 'mdhd'
  readonly flags: number
  /** When it was made and changed, 8 bytes each. */
  readonly times: Uint8Array
  /** What stands before the duration: the timescale, or the track's ID. */
  readonly middle: Uint8Array
  /** What stands behind the duration. */
  readonly rest: Uint8Array
}

/** Bytes between times and duration, and behind the duration. */
const SHAPES = { mvhd: [4, 80], tkhd: [8, 60], mdhd: [4, 4] } as const

/** @throws MediaError when the box is cut */
export function readTimedBox(type: TimedBox['type'], payload: Uint8Array): TimedBox {
  const [middleBytes, restBytes] = SHAPES[type]
  const fields = new FieldReader(payload)
  const { version, flags } = fields.versionAndFlags()
  const timeBytes = version === 1 ? 8 : 4
  const wide = () => joinBytes([new Uint8Array(8 - timeBytes), fields.bytes(timeBytes)])
  const times = joinBytes([wide(), wide()])
  const middle = fields.bytes(middleBytes)
  fields.bytes(timeBytes)
  return { type, flags, times, middle, rest: fields.bytes(restBytes) }
}

/** The timescale (mvhd, mdhd) or the track's ID (tkhd); never 0. @throws MediaError when it is */
export function numberIn({ type, middle }: TimedBox): number {
  const value = readUint(middle, 0, 4)
  if (value === 0) throw new MediaError('bad_element', `a 0 in ${type}`)
  return value
}

/** With another duration, in version 1: an hour of 100 million ticks a second does not fit in 32 bits. */
export function makeTimedBox(box: TimedBox, duration: number, middle = box.middle): Uint8Array {
  const { type, flags, times, rest } = box
  return fullBox(type, { version: 1, flags }, times, middle, uint64s([duration]), rest)
}
