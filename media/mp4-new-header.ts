// Owns the header that a recorder would have written had it recorded MP4: ftyp and a moov of empty tracks. The front of
// the virtual file is made from it as from a recorded one.

import { joinBytes, uintBytes } from './ebml-writer.ts'
import { box, fullBox, uint32s } from './mp4-writer.ts'

export type NewTrack = {
  readonly id: number
  readonly kind: 'video' | 'audio'
  /** Ticks a second. */
  readonly timescale: number
  readonly entry: Uint8Array
  readonly width: number
  readonly height: number
  /** Media time, in ticks, that is shown at 0. */
  readonly startTicks: number
}

const MOVIE_TIMESCALE = 1000
const ENABLED_AND_IN_MOVIE = 3
const UNITY = 0x10000
/** No turn and no scaling (ISO/IEC 14496-12 §8.2.2). */
const MATRIX = uint32s([UNITY, 0, 0, 0, UNITY, 0, 0, 0, 0x40000000])
/** `und` in five bits a letter. */
const NO_LANGUAGE = 0x55c4

export function makeNewHeader(tracks: readonly NewTrack[]): Uint8Array {
  const ftyp = box('ftyp', text('isom'), uint32s([512]), text('isomiso2mp41'))
  const nextId = tracks.reduce((most, { id }) => Math.max(most, id), 0) + 1
  const times = uint32s([0, 0, MOVIE_TIMESCALE, 0])
  const volume = [uintBytes(0x100, 2), new Uint8Array(10)]
  const tail = [...volume, MATRIX, new Uint8Array(24), uint32s([nextId])]
  const mvhd = fullBox('mvhd', {}, times, uint32s([UNITY]), ...tail)
  return joinBytes([ftyp, box('moov', mvhd, ...tracks.map(makeTrak), box('mvex'))])
}

function makeTrak(track: NewTrack): Uint8Array {
  const { id, kind, timescale, width, height, startTicks } = track
  const isVideo = kind === 'video'
  const layer = [new Uint8Array(12), uintBytes(isVideo ? 0 : 0x100, 2), new Uint8Array(2), MATRIX]
  const size = uint32s(isVideo ? [width * UNITY, height * UNITY] : [0, 0])
  const tkhd = fullBox(
    'tkhd',
    { flags: ENABLED_AND_IN_MOVIE },
    uint32s([0, 0, id, 0, 0]),
    ...layer,
    size,
  )
  const elst = fullBox('elst', {}, uint32s([1, 0, startTicks, UNITY]))
  const edts = startTicks > 0 ? [box('edts', elst)] : []
  const language = [uintBytes(NO_LANGUAGE, 2), new Uint8Array(2)]
  const mdhd = fullBox('mdhd', {}, uint32s([0, 0, timescale, 0]), ...language)
  const name = text(isVideo ? 'VideoHandler\0' : 'SoundHandler\0')
  const handler = [new Uint8Array(4), text(isVideo ? 'vide' : 'soun'), new Uint8Array(12), name]
  const hdlr = fullBox('hdlr', {}, ...handler)
  return box('trak', tkhd, ...edts, box('mdia', mdhd, hdlr, makeInformation(track)))
}

function makeInformation({ kind, entry }: NewTrack): Uint8Array {
  const media =
    kind === 'video'
      ? fullBox('vmhd', { flags: 1 }, new Uint8Array(8))
      : fullBox('smhd', {}, new Uint8Array(4))
  // The samples are in this very file.
  const url = fullBox('url ', { flags: 1 })
  const dinf = box('dinf', fullBox('dref', {}, uint32s([1]), url))
  const empty = ['stts', 'stsc', 'stco'].map((type) => fullBox(type, {}, uint32s([0])))
  const stsz = fullBox('stsz', {}, uint32s([0, 0]))
  const stsd = fullBox('stsd', {}, uint32s([1]), entry)
  return box('minf', media, dinf, box('stbl', stsd, ...empty, stsz))
}

function text(value: string): Uint8Array {
  return Uint8Array.from(value, (char) => char.charCodeAt(0))
}
