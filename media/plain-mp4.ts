// Owns the plain MP4, one moov for the whole file, as cameras and editors write it: what it is and how long, and its file
// with moov in front. Every other byte stays where it is. It reads nothing: it says which bytes it wants.

import { joinBytes } from './ebml-writer.ts'
import type { Extent } from './layout.ts'
import { MediaError } from './media-error.ts'
import { type Box, FieldReader, payloadOf, readBoxes, readBoxHead } from './mp4-box.ts'
import { readEntry } from './mp4-tracks.ts'
import type { TrackInfo } from './webm-tracks.ts'

/** Bytes [from, to) of the file. */
export type WantedBytes = { readonly from: number; readonly to: number }

export type PlainMp4 = {
  readonly durationMs: number
  readonly tracks: readonly TrackInfo[]
  /** The file: these bytes, and behind them pieces of the recorded ones. */
  readonly header: Uint8Array
  readonly extents: readonly Extent[]
  /** It ends inside a box: a part of the media never was in it. */
  readonly isCut: boolean
}

/** `fragmented` = its media is in moofs; `no-moov` = it was never finished, or is cut off; `unknown` = no MP4. */
export type Mp4Reading = PlainMp4 | 'fragmented' | 'no-moov' | 'unknown'

/** Each costs a look into the file; an editor writes five. */
const MAX_BOXES = 64
/** Two hours have 3 MB. More is not held in memory. */
const MAX_MOOV_BYTES = 32 * 1024 * 1024
const MAX_FTYP_BYTES = 4096

type Place = { readonly type: string; readonly from: number; readonly to: number }

/** Walks over the boxes of a file of `size` bytes. Never throws; fewer bytes than it wants end the walk. */
export function* readPlainMp4(size: number): Generator<WantedBytes, Mp4Reading, Uint8Array> {
  const places = yield* findBoxes(size)
  const [ftyp] = places
  if (ftyp?.type !== 'ftyp') return 'unknown'
  const moov = places.find(({ type }) => type === 'moov')
  if (!moov || moov.to > size || moov.to - moov.from > MAX_MOOV_BYTES) {
    return places.some(({ type }) => type === 'moof') ? 'fragmented' : 'no-moov'
  }
  const bytes = yield { from: moov.from, to: moov.to }
  const head = yield { from: 0, to: Math.min(ftyp.to, MAX_FTYP_BYTES) }
  const isCut = places.some(({ to }) => to > size)
  return orUnknown(() => {
    const children = childrenOf(bytes)
    if (isFragmented(children)) return 'fragmented'
    const front = { ftyp: head, moov, bytes, size }
    return { ...readMovie(children), ...moveToFront(places, front), isCut }
  })
}

function* findBoxes(size: number): Generator<WantedBytes, Place[], Uint8Array> {
  const places: Place[] = []
  let at = 0
  while (at < size && places.length < MAX_BOXES) {
    const bytes = yield { from: at, to: Math.min(size, at + 16) }
    const head = orUnknown(() => readBoxHead(bytes, 0))
    // What follows a whole file may be anything.
    if (!head || head === 'unknown') break
    const from = at
    at = head.size === null ? size : at + head.size
    places.push({ type: head.type, from, to: at })
  }
  return places
}

const childrenOf = (moov: Uint8Array): Box[] => readBoxes(payloadOf(readBoxes(moov), 'moov'))

function isFragmented(children: readonly Box[]): boolean {
  return children.some(({ type }) => type === 'mvex')
}

function readMovie(children: readonly Box[]): Pick<PlainMp4, 'durationMs' | 'tracks'> {
  const fields = new FieldReader(payloadOf(children, 'mvhd'))
  const { version } = fields.versionAndFlags()
  fields.bytes(version === 1 ? 16 : 8)
  const timescale = fields.uint(4)
  if (timescale === 0) throw new MediaError('bad_element', 'a 0 in mvhd')
  const durationMs = Math.round((fields.time(version) / timescale) * 1000)
  const traks = children.filter(({ type }) => type === 'trak')
  const tracks = traks.map(({ payload }, at): TrackInfo => {
    const media = readBoxes(payloadOf(readBoxes(payload), 'mdia'))
    return { ...readEntry(media, tablesOf(media)), number: at + 1 }
  })
  return { durationMs, tracks }
}

const tablesOf = (media: readonly Box[]): Box[] =>
  readBoxes(payloadOf(readBoxes(payloadOf(media, 'minf')), 'stbl'))

type Front = {
  readonly ftyp: Uint8Array
  readonly moov: Place
  readonly bytes: Uint8Array
  readonly size: number
}

/** Whoever plays from the beginning, over a pipe too, meets moov first. Where that cannot be the file stays as it is. */
function moveToFront(
  places: readonly Place[],
  { ftyp, moov, bytes, size }: Front,
): Pick<PlainMp4, 'header' | 'extents'> {
  const asItIs = { header: new Uint8Array(0), extents: [{ at: 0, from: 0, to: size }] }
  const isBehind = places.some(({ type, from }) => type === 'mdat' && from < moov.from)
  const isWhole = places[0]?.to === ftyp.length
  const moved = isBehind && isWhole ? moovFor(bytes, { from: ftyp.length, to: moov.from }) : null
  if (!moved) return asItIs
  const header = joinBytes([ftyp, moved])
  const extents = [{ at: header.length, from: ftyp.length, to: moov.from }]
  const rest = { at: header.length + moov.from - ftyp.length, from: moov.to, to: size }
  return { header, extents: rest.from < rest.to ? [...extents, rest] : extents }
}

/** A copy of moov for a file in which it stands before `media`; null when a place does not fit into its field any more. */
function moovFor(moov: Uint8Array, media: WantedBytes): Uint8Array | null {
  const copy = moov.slice()
  for (const trak of childrenOf(copy).filter(({ type }) => type === 'trak')) {
    for (const { type, payload } of tablesOf(
      readBoxes(payloadOf(readBoxes(trak.payload), 'mdia')),
    )) {
      const fits =
        type === 'stco' || type === 'co64' ? movePlaces(type, payload, media, moov.length) : true
      if (!fits) return null
    }
  }
  return copy
}

function movePlaces(
  type: 'stco' | 'co64',
  payload: Uint8Array,
  { from, to }: WantedBytes,
  by: number,
): boolean {
  const width = type === 'stco' ? 4 : 8
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length)
  const fields = new FieldReader(payload)
  fields.versionAndFlags()
  const count = fields.uint(4)
  if (8 + count * width > payload.length) throw new MediaError('bad_element', `a cut ${type}`)
  for (let n = 0; n < count; n++) {
    const place = fields.uint(width)
    if (place < from || place >= to) continue
    const moved = place + by
    if (width === 8) view.setBigUint64(8 + n * 8, BigInt(moved))
    else if (moved < 2 ** 32) view.setUint32(8 + n * 4, moved)
    else return false
  }
  return true
}

function orUnknown<T>(read: () => T): T | 'unknown' {
  try {
    return read()
  } catch (error) {
    if (error instanceof MediaError) return 'unknown'
    throw error
  }
}
