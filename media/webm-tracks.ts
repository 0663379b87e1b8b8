// Owns what the Tracks element says. Track numbers differ from take to take: never assume audio = 1.

import { type Child, ID, readChildren, readFloat, readString, readUint } from './ebml.ts'
import { MediaError } from './media-error.ts'

export type TrackInfo = {
  readonly number: number
  readonly kind: 'video' | 'audio' | 'other'
  /** As recorded: `V_VP8`, `V_VP9`, `V_AV1`, `A_OPUS`, `A_PCM/FLOAT/IEEE`, … */
  readonly codecId: string
  readonly defaultDurationNs: number | null
  readonly width: number | null
  readonly height: number | null
  readonly samplingRate: number | null
  readonly channels: number | null
  readonly bitDepth: number | null
  readonly codecPrivate: Uint8Array | null
  /** How much earlier than its block says a packet is heard; null = not said. */
  readonly codecDelayNs: number | null
  /** The blocks are compressed or encrypted, or lack bytes that all would begin with. */
  readonly isEncoded: boolean
}

/** What block times are counted in when Info does not say: 1 ms, as every browser writes it. */
export const DEFAULT_TIMECODE_SCALE_NS = 1_000_000

/** A tick of more than a second is damage; it keeps every time below 2^53. */
const MAX_SCALE_NS = 1_000_000_000

/**
 * The tracks among the header's children, in recorded order.
 * @throws MediaError when there is no Tracks element or it does not parse
 */
export function readTracks(children: readonly Child[]): TrackInfo[] {
  const tracks = children.find((child) => child.id === ID.tracks)
  if (!tracks) throw new MediaError('header_incomplete', 'no Tracks')
  return [...readChildren(tracks.payload)]
    .filter((child) => child.id === ID.trackEntry)
    .map((entry) => readTrackEntry(entry.payload))
}

/** Nanoseconds a tick, from the header's children. @throws MediaError when Info does not parse */
export function readTimecodeScale(children: readonly Child[]): number {
  const info = children.find((child) => child.id === ID.info)
  if (!info) return DEFAULT_TIMECODE_SCALE_NS
  const scaleNs = numberIn(info.payload, ID.timecodeScale) || DEFAULT_TIMECODE_SCALE_NS
  if (scaleNs > MAX_SCALE_NS) throw new MediaError('bad_element', `TimecodeScale ${scaleNs}`)
  return scaleNs
}

/** The track that seeking follows: the first video, or the first audio when there is none. */
export function cueTrackOf<T extends Pick<TrackInfo, 'kind'>>(tracks: readonly T[]): T | null {
  const ofKind = (kind: TrackInfo['kind']) => tracks.find((track) => track.kind === kind)
  return ofKind('video') ?? ofKind('audio') ?? null
}

function readTrackEntry(entry: Uint8Array): TrackInfo {
  const video = payloadIn(entry, ID.video)
  const audio = payloadIn(entry, ID.audio)
  const codecId = payloadIn(entry, ID.codecId)
  const rate = audio && payloadIn(audio, ID.samplingFrequency)
  return {
    number: numberIn(entry, ID.trackNumber) ?? 0,
    kind: kindOf(numberIn(entry, ID.trackType)),
    codecId: codecId ? readString(codecId) : '',
    defaultDurationNs: numberIn(entry, ID.defaultDuration),
    width: video && numberIn(video, ID.pixelWidth),
    height: video && numberIn(video, ID.pixelHeight),
    samplingRate: rate && readFloat(rate),
    channels: audio && (numberIn(audio, ID.channels) ?? 1),
    bitDepth: audio && numberIn(audio, ID.bitDepth),
    codecPrivate: payloadIn(entry, ID.codecPrivate),
    codecDelayNs: numberIn(entry, ID.codecDelay),
    isEncoded: payloadIn(entry, ID.contentEncodings) !== null,
  }
}

function kindOf(trackType: number | null): TrackInfo['kind'] {
  if (trackType === 1) return 'video'
  return trackType === 2 ? 'audio' : 'other'
}

/** Reads all children, not only up to the one asked for: a master that is damaged behind it is damaged. */
function payloadIn(master: Uint8Array, id: number): Uint8Array | null {
  const children = [...readChildren(master)]
  return children.find((child) => child.id === id)?.payload ?? null
}

function numberIn(master: Uint8Array, id: number): number | null {
  const payload = payloadIn(master, id)
  if (!payload) return null
  if (payload.length > 8) throw new MediaError('bad_element', 'a number longer than 8 bytes')
  return readUint(payload, 0, payload.length)
}
