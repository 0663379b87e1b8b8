// Owns what a trak box says, and the defaults that trex gives to the track's fragments.

import { MediaError } from './media-error.ts'
import { type Box, FieldReader, payloadOf, readBoxes, readType } from './mp4-box.ts'
import { type Edit, readEdits, startShift } from './mp4-edits.ts'
import { numberIn, readTimedBox, type TimedBox } from './timed-box.ts'
import type { TrackInfo } from './webm-tracks.ts'

/** What a fragment's samples have when neither tfhd nor trun says otherwise. */
export type SampleDefaults = {
  readonly description: number
  readonly durationTicks: number
  readonly bytes: number
  readonly flags: number
}

export type Mp4Track = {
  readonly info: TrackInfo
  /** Ticks a second. */
  readonly timescale: number
  readonly defaults: SampleDefaults
  readonly edits: readonly Edit[]
  /** Shown time = media time − this, in ticks. */
  readonly shiftTicks: number
  readonly tkhd: TimedBox
  readonly mdhd: TimedBox
  /** The boxes inside mdia, and inside minf and stbl in it. */
  readonly media: readonly Box[]
  readonly information: readonly Box[]
  readonly tables: readonly Box[]
  /** The boxes inside trak. */
  readonly children: readonly Box[]
}

/** More is damage; it keeps every time below 2^53. */
const MAX_SHIFT_TICKS = 2 ** 50
/** Where the boxes begin inside a sample entry, by the kind of track. */
const VIDEO_ENTRY_BYTES = 78
const AUDIO_ENTRY_BYTES = 28
const CONFIGURATIONS = ['avcC', 'hvcC', 'vpcC', 'av1C', 'dOps', 'esds']

/** @throws MediaError when a box is missing or does not parse, or when samples are in the trak already */
export function readMp4Track(
  trak: Uint8Array,
  extensions: readonly Box[],
  movieTimescale: number,
): Mp4Track {
  const children = readBoxes(trak)
  const tkhd = readTimedBox('tkhd', payloadOf(children, 'tkhd'))
  const media = readBoxes(payloadOf(children, 'mdia'))
  const mdhd = readTimedBox('mdhd', payloadOf(media, 'mdhd'))
  const [number, timescale] = [numberIn(tkhd), numberIn(mdhd)]
  const information = readBoxes(payloadOf(media, 'minf'))
  const tables = readBoxes(payloadOf(information, 'stbl'))
  // What a moov with samples describes lies in front of the fragments; no recorder writes that.
  if (new FieldReader(payloadOf(tables, 'stts')).uint(8) !== 0) {
    throw new MediaError('bad_element', 'samples in moov')
  }
  const edits = readEdits(children)
  const shiftTicks = startShift(edits, timescale / movieTimescale)
  if (!(Math.abs(shiftTicks) < MAX_SHIFT_TICKS)) throw new MediaError('bad_element', 'an edit')
  return {
    info: { ...readEntry(media, tables), number },
    timescale,
    defaults: readDefaults(extensions, number),
    edits,
    shiftTicks,
    tkhd,
    mdhd,
    media,
    information,
    tables,
    children,
  }
}

function readDefaults(extensions: readonly Box[], track: number): SampleDefaults {
  for (const { type, payload } of extensions) {
    if (type !== 'trex') continue
    const fields = new FieldReader(payload)
    fields.versionAndFlags()
    if (fields.uint(4) !== track) continue
    const [description, durationTicks] = [fields.uint(4), fields.uint(4)]
    return { description, durationTicks, bytes: fields.uint(4), flags: fields.uint(4) }
  }
  return { description: 1, durationTicks: 0, bytes: 0, flags: 0 }
}

/**
 * The first sample entry; further ones are copied with it, but not looked into.
 * @throws MediaError when there is none
 */
export function readEntry(
  media: readonly Box[],
  tables: readonly Box[],
): Omit<TrackInfo, 'number'> {
  const handler = readType(payloadOf(media, 'hdlr'), 8)
  const kind = handler === 'vide' ? 'video' : handler === 'soun' ? 'audio' : 'other'
  const entry = readBoxes(payloadOf(tables, 'stsd').subarray(8))[0]
  if (!entry) throw new MediaError('bad_element', 'a track without a sample entry')
  const inner = kind === 'video' ? VIDEO_ENTRY_BYTES : AUDIO_ENTRY_BYTES
  const fields = new FieldReader(entry.payload)
  const base = { kind, codecId: entry.type, ...NOT_SAID } as const
  if (kind === 'other') return { ...base, ...NO_VIDEO, ...NO_AUDIO, codecPrivate: null }
  const codecPrivate = configurationIn(entry.payload.subarray(inner))
  if (kind === 'video') {
    fields.bytes(24)
    const [width, height] = [fields.uint(2), fields.uint(2)]
    return { ...base, ...NO_AUDIO, width, height, codecPrivate }
  }
  fields.bytes(16)
  const [channels, bitDepth] = [fields.uint(2), fields.uint(2)]
  fields.bytes(4)
  return { ...base, ...NO_VIDEO, channels, bitDepth, samplingRate: fields.uint(2), codecPrivate }
}

const NOT_SAID = { defaultDurationNs: null, codecDelayNs: null, isEncoded: false } as const
const NO_VIDEO = { width: null, height: null } as const
const NO_AUDIO = { samplingRate: null, channels: null, bitDepth: null } as const

/** It is only told, never needed: what does not parse here is no reason to give the take up. */
function configurationIn(boxes: Uint8Array): Uint8Array | null {
  try {
    return readBoxes(boxes).find((one) => CONFIGURATIONS.includes(one.type))?.payload ?? null
  } catch (error) {
    if (error instanceof MediaError) return null
    throw error
  }
}
