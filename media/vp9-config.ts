// Owns vpcC, what an MP4 says of a VP9 track (VP Codec ISO Media File Format Binding 1.0), out of the head of a keyframe
// (VP9 bitstream specification §6.2): WebM does not say it anywhere else.

import { BitReader } from './bit-reader.ts'
import { uintBytes } from './ebml-writer.ts'
import { MediaError } from './media-error.ts'
import { fullBox } from './mp4-writer.ts'

const SYNC_CODE = 0x498342
const RGB = 7
/** Primaries, transfer and matrix (ISO/IEC 23091-2) by VP9's color_space; 2 = not said. */
const COLOURS: readonly (readonly [number, number, number])[] = [
  [2, 2, 2],
  [6, 6, 6],
  [1, 1, 1],
  [6, 6, 6],
  [7, 7, 7],
  [9, 14, 9],
  [2, 2, 2],
  [1, 13, 0],
]
/** Annex A: level × 10, luma samples a second, luma samples a picture. */
const LEVELS: readonly (readonly [number, number, number])[] = [
  [10, 829_440, 36_864],
  [11, 2_764_800, 73_728],
  [20, 4_608_000, 122_880],
  [21, 9_216_000, 245_760],
  [30, 20_736_000, 552_960],
  [31, 36_864_000, 983_040],
  [40, 83_558_400, 2_228_224],
  [41, 160_432_128, 2_228_224],
  [50, 311_951_360, 8_912_896],
  [51, 588_251_136, 8_912_896],
  [52, 1_176_502_272, 8_912_896],
  [60, 1_176_502_272, 35_651_584],
  [61, 2_353_004_544, 35_651_584],
]
const HIGHEST_LEVEL = 62

/** How large and how fast pictures come: the level follows from it. */
export type PictureRate = { readonly pixels: number; readonly picturesPerSecond: number }

/** @throws MediaError when these are not the first bytes of a keyframe */
export function makeVpcC(keyframe: Uint8Array, rate: PictureRate): Uint8Array {
  const { profile, bitDepth, chroma, fullRange, colours } = readKeyframe(new BitReader(keyframe))
  const packed = bitDepth * 16 + chroma * 2 + Number(fullRange)
  const fields = Uint8Array.of(profile, levelOf(rate), packed, ...colours)
  return fullBox('vpcC', { version: 1 }, fields, uintBytes(0, 2))
}

type Vp9Format = {
  readonly profile: number
  readonly bitDepth: number
  /** 1 = 4:2:0 with the chroma on the luma, 2 = 4:2:2, 3 = 4:4:4. */
  readonly chroma: number
  readonly fullRange: boolean
  readonly colours: readonly number[]
}

function readKeyframe(reader: BitReader): Vp9Format {
  const marker = reader.bits(2)
  const profile = reader.bits(1) + 2 * reader.bits(1)
  if (profile === 3) reader.bits(1)
  const [isRepeated, isInter] = [reader.flag(), reader.flag()]
  reader.bits(2)
  if (marker !== 2 || isRepeated || isInter || reader.bits(24) !== SYNC_CODE) {
    throw new MediaError('bad_element', 'not a VP9 keyframe')
  }
  const bitDepth = profile < 2 ? 8 : reader.flag() ? 12 : 10
  const space = reader.bits(3)
  const colours = COLOURS[space] ?? [2, 2, 2]
  if (space === RGB) return { profile, bitDepth, chroma: 3, fullRange: true, colours }
  const fullRange = reader.flag()
  const isOdd = profile % 2 === 1
  const [halfWide, halfHigh] = isOdd ? [reader.flag(), reader.flag()] : [true, true]
  // 4:4:0 has no number of its own.
  const chroma = halfHigh ? 1 : halfWide ? 2 : 3
  return { profile, bitDepth, chroma, fullRange, colours }
}

function levelOf({ pixels, picturesPerSecond }: PictureRate): number {
  const fits = LEVELS.find(
    ([, perSecond, perPicture]) => pixels <= perPicture && pixels * picturesPerSecond <= perSecond,
  )
  return fits?.[0] ?? HIGHEST_LEVEL
}
