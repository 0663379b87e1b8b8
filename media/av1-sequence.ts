// Owns the sequence header of AV1 (AV1 specification §5.5), read as far as its colours; nothing behind them is needed.

import { BitReader } from './bit-reader.ts'

export type Av1Format = {
  readonly profile: number
  /** seq_level_idx and seq_tier of the first operating point. */
  readonly level: number
  readonly tier: boolean
  readonly highBitDepth: boolean
  readonly twelveBit: boolean
  readonly monochrome: boolean
  readonly halfWide: boolean
  readonly halfHigh: boolean
  readonly chromaPosition: number
}

/** BT.709 primaries, sRGB transfer, identity matrix: RGB, which has no half chroma. */
const RGB = [1, 13, 0]

/** @throws MediaError when it is cut */
export function readSequenceHeader(payload: Uint8Array): Av1Format {
  const reader = new BitReader(payload)
  const profile = reader.bits(3)
  reader.bits(1)
  const isReduced = reader.flag()
  const point = isReduced ? { level: reader.bits(5), tier: false } : readOperatingPoints(reader)
  skipFrameSize(reader, isReduced)
  skipTools(reader, isReduced)
  return { profile, ...point, ...readColours(reader, profile) }
}

function readOperatingPoints(reader: BitReader): { level: number; tier: boolean } {
  const delayBits = reader.flag() ? skipTiming(reader) : null
  const hasDisplayDelay = reader.flag()
  const count = reader.bits(5) + 1
  let first: { level: number; tier: boolean } | null = null
  for (let i = 0; i < count; i++) {
    reader.bits(12)
    const level = reader.bits(5)
    const tier = level > 7 && reader.flag()
    first ??= { level, tier }
    if (delayBits !== null && reader.flag()) reader.bits(2 * delayBits + 1)
    if (hasDisplayDelay && reader.flag()) reader.bits(4)
  }
  return first ?? { level: 0, tier: false }
}

/** timing_info and decoder_model_info; how long the delays of an operating point are, null = they are not there. */
function skipTiming(reader: BitReader): number | null {
  reader.bits(64)
  if (reader.flag()) reader.exponential()
  if (!reader.flag()) return null
  const delayBits = reader.bits(5) + 1
  reader.bits(42)
  return delayBits
}

function skipFrameSize(reader: BitReader, isReduced: boolean): void {
  const [widthBits, heightBits] = [reader.bits(4) + 1, reader.bits(4) + 1]
  reader.bits(widthBits + heightBits)
  if (!isReduced && reader.flag()) reader.bits(7)
}

function skipTools(reader: BitReader, isReduced: boolean): void {
  reader.bits(3)
  if (!isReduced) {
    reader.bits(4)
    const hasOrderHint = reader.flag()
    if (hasOrderHint) reader.bits(2)
    const mayChooseTools = reader.flag()
    const hasScreenTools = mayChooseTools || reader.flag()
    if (hasScreenTools && !reader.flag()) reader.bits(1)
    if (hasOrderHint) reader.bits(3)
  }
  reader.bits(3)
}

type Colours = Omit<Av1Format, 'profile' | 'level' | 'tier'>

function readColours(reader: BitReader, profile: number): Colours {
  const highBitDepth = reader.flag()
  const twelveBit = profile === 2 && highBitDepth && reader.flag()
  const monochrome = profile !== 1 && reader.flag()
  const colours = reader.flag() ? [reader.bits(8), reader.bits(8), reader.bits(8)] : []
  const depth = { highBitDepth, twelveBit, monochrome }
  if (monochrome) return { ...depth, halfWide: true, halfHigh: true, chromaPosition: 0 }
  const isRgb = RGB.every((value, i) => colours[i] === value)
  if (isRgb) return { ...depth, halfWide: false, halfHigh: false, chromaPosition: 0 }
  reader.bits(1)
  const halfWide = profile === 0 || (profile === 2 && (!twelveBit || reader.flag()))
  const halfHigh = profile === 0 || (twelveBit && halfWide && reader.flag())
  const chromaPosition = halfWide && halfHigh ? reader.bits(2) : 0
  return { ...depth, halfWide, halfHigh, chromaPosition }
}
