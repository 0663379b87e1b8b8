// Owns the sample entries of tracks that were recorded in WebM or Matroska: what stsd says of their codecs. It tells, too,
// which codecs have a place in an MP4 at all.

import { makeAv1C } from './av1-config.ts'
import { uintBytes } from './ebml-writer.ts'
import { MediaError } from './media-error.ts'
import { box, uint32s } from './mp4-writer.ts'
import { OPUS_RATE, readOpusHead } from './opus-config.ts'
import { makeVpcC, type PictureRate } from './vp9-config.ts'
import type { TrackInfo } from './webm-tracks.ts'

/** What is known of a track besides its header. */
export type TrackStart = {
  /** The beginning of its first keyframe, as many bytes as `CODEC_START_BYTES` if it has them. */
  readonly keyframe: Uint8Array
  readonly rate: PictureRate
}

export type SampleEntry = {
  readonly bytes: Uint8Array
  /** Samples at 48 kHz in front of the first one that is to be heard. */
  readonly preSkip: number
}

/** Codec headers are shorter. */
export const CODEC_START_BYTES = 512

/** Codecs that MP4 has a place for, whose blocks are samples as they are. */
const MAPPED = ['V_VP9', 'V_AV1', 'V_MPEG4/ISO/AVC', 'V_MPEGH/ISO/HEVC', 'A_OPUS']

export function hasSampleEntry({ codecId }: TrackInfo): boolean {
  return MAPPED.includes(codecId)
}

/** Null when an MP4 cannot hold this track as it is. @throws MediaError when its codec's header is damaged */
export function makeSampleEntry(track: TrackInfo, start: TrackStart): SampleEntry | null {
  const { codecId, codecPrivate } = track
  const video = (type: string, configuration: Uint8Array): SampleEntry => {
    return { bytes: videoEntry(type, track, configuration), preSkip: 0 }
  }
  switch (codecId) {
    case 'V_VP9':
      return video('vp09', makeVpcC(start.keyframe, start.rate))
    case 'V_AV1':
      return video('av01', makeAv1C(codecPrivate, start.keyframe))
    case 'V_MPEG4/ISO/AVC':
      return isConfiguration(codecPrivate) ? video('avc1', box('avcC', codecPrivate)) : null
    case 'V_MPEGH/ISO/HEVC':
      return isConfiguration(codecPrivate) ? video('hvc1', box('hvcC', codecPrivate)) : null
    case 'A_OPUS':
      return opusEntry(codecPrivate)
    default:
      return null
  }
}

/** Version 1, with at least the fields that every such record has. */
function isConfiguration(codecPrivate: Uint8Array | null): codecPrivate is Uint8Array {
  return codecPrivate !== null && codecPrivate.length >= 7 && codecPrivate[0] === 1
}

/** Where a sample entry begins: reserved, and the only data reference. */
const ENTRY_HEAD = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1)
const DPI_72 = 0x480000

function videoEntry(type: string, track: TrackInfo, configuration: Uint8Array): Uint8Array {
  const [width, height] = [track.width ?? 0, track.height ?? 0]
  if (width > 0xffff || height > 0xffff) throw new MediaError('bad_element', 'a picture too large')
  return box(
    type,
    ENTRY_HEAD,
    new Uint8Array(16),
    uintBytes(width, 2),
    uintBytes(height, 2),
    uint32s([DPI_72, DPI_72, 0]),
    uintBytes(1, 2),
    new Uint8Array(32),
    uintBytes(24, 2),
    uintBytes(0xffff, 2),
    configuration,
  )
}

function opusEntry(codecPrivate: Uint8Array | null): SampleEntry {
  if (!codecPrivate) throw new MediaError('bad_element', 'no OpusHead')
  const { box: configuration, channels, preSkip } = readOpusHead(codecPrivate)
  const sound = [uintBytes(channels, 2), uintBytes(16, 2), new Uint8Array(4)]
  const rate = uint32s([OPUS_RATE * 2 ** 16])
  const bytes = box('Opus', ENTRY_HEAD, new Uint8Array(8), ...sound, rate, configuration)
  return { bytes, preSkip }
}
