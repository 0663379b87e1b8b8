// Owns edit lists: which part of a track's media is shown when. A recorder writes one before it knows how long the
// recording lasts, so its last edit lasts to the end, whatever it says.

import { MediaError } from './media-error.ts'
import { type Box, FieldReader, readBoxes } from './mp4-box.ts'
import { fullBox, uint32s, uint64s } from './mp4-writer.ts'

/** One entry of an elst. */
export type Edit = {
  /** In ticks of the movie, or in those of the track where a function says so. */
  readonly duration: number
  /** Ticks of the track; null = nothing is shown. */
  readonly mediaTime: number | null
}

const MAX_EDITS = 64

/** The edits of a trak's children; none when there is no list. @throws MediaError when it does not parse */
export function readEdits(children: readonly Box[]): Edit[] {
  const edts = children.find((child) => child.type === 'edts')
  const elst = edts && readBoxes(edts.payload).find((child) => child.type === 'elst')
  if (!elst) return []
  const fields = new FieldReader(elst.payload)
  const { version } = fields.versionAndFlags()
  const count = fields.uint(4)
  if (count > MAX_EDITS) throw new MediaError('element_too_large', `${count} edits`)
  return Array.from({ length: count }, () => {
    const duration = fields.time(version)
    const mediaTime = readMediaTime(fields, version)
    fields.bytes(4)
    return { duration, mediaTime }
  })
}

/** By how many ticks of the track media time runs ahead of the shown time where showing begins. */
export function startShift(edits: readonly Edit[], ticksPerMovieTick: number): number {
  let waits = 0
  for (const { duration, mediaTime } of edits) {
    if (mediaTime !== null) return mediaTime - Math.round(waits * ticksPerMovieTick)
    waits += duration
  }
  return 0
}

/** A track's media as it lies in the file: its first sample stands at media time 0 there. */
export type EditSource = {
  readonly edits: readonly Edit[]
  readonly ticksPerMovieTick: number
  /** Decode time of the first sample as recorded. */
  readonly firstTicks: number
  /** Where the first shown sample begins, as recorded. */
  readonly shownTicks: number
  /** Where the last shown sample ends, as recorded. */
  readonly endTicks: number
}

/** The edits of the file, durations in ticks of the track; never empty. */
export function moveEdits(source: EditSource): Edit[] {
  const { edits, ticksPerMovieTick, firstTicks, shownTicks, endTicks } = source
  const recorded = edits.some((edit) => edit.mediaTime !== null) ? edits : [...edits, WHOLE]
  const last = recorded.findLastIndex((edit) => edit.mediaTime !== null)
  return recorded.slice(0, last + 1).flatMap(({ duration, mediaTime }, i): Edit[] => {
    const said = Math.round(duration * ticksPerMovieTick)
    if (mediaTime === null) return said > 0 ? [{ duration: said, mediaTime }] : []
    const shown = Math.max(0, i === last ? endTicks - mediaTime : said)
    // Before the first picture nothing is there to be shown, but its time passes.
    const waits = Math.min(shown, Math.max(0, shownTicks - mediaTime))
    const begins = Math.max(mediaTime, shownTicks, firstTicks) - firstTicks
    const rest = { duration: shown - waits, mediaTime: begins }
    return [...(waits > 0 ? [{ duration: waits, mediaTime: null }] : []), rest]
  })
}

const WHOLE: Edit = { duration: 0, mediaTime: 0 }

/** An elst; durations are in ticks of the movie. */
export function makeEditList(edits: readonly Edit[]): Uint8Array {
  const entries = edits.flatMap(({ duration, mediaTime }) => [
    uint64s([duration]),
    mediaTime === null ? NOTHING : uint64s([mediaTime]),
    uint32s([1 << 16]),
  ])
  return fullBox('elst', { version: 1 }, uint32s([edits.length]), ...entries)
}

const NOTHING = new Uint8Array(8).fill(0xff)

/** −1 stands for nothing; other negative times are damage. */
function readMediaTime(fields: FieldReader, version: number): number | null {
  const bytes = fields.bytes(version === 1 ? 8 : 4)
  if (bytes.every((byte) => byte === 0xff)) return null
  if ((bytes[0] ?? 0) >= 0x80) throw new MediaError('bad_element', 'an edit before the media')
  return new FieldReader(bytes).uint(bytes.length)
}
