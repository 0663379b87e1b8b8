// Owns the virtual WebM file of several takes: the first one's header, with the tracks of all, and the Clusters of each
// take behind those of the one before. Media bytes are neither read nor moved.

import { readBlockList } from './block-list.ts'
import { ID, readChildren, readUint } from './ebml.ts'
import { element, uintElement } from './ebml-writer.ts'
import type { TakeJoin, TakePart } from './join-takes.ts'
import { matchTracks, type TrackMatch } from './join-tracks.ts'
import type { TakeLayoutInput, VirtualFile } from './layout.ts'
import { fileOfWebm, type PlacedWebm } from './layout-webm.ts'
import { MediaError } from './media-error.ts'
import type { WebmHeader } from './webm-header.ts'
import { moveWebm } from './webm-move.ts'

/** Bytes between a block's track number, when it is one byte, and its payload: that byte, time, flags. */
const BLOCK_LEAD_BYTES = 4
/** Larger ones take two bytes. */
const MAX_SHORT_NUMBER = 126

export class WebmJoin implements TakeJoin {
  #file: PlacedWebm | null = null
  /** TrackEntries, whole. */
  readonly #entries: Uint8Array[] = []
  readonly #patches: { at: number[]; value: number[] } = { at: [], value: [] }

  add({ placed, take, startMs, base }: TakePart): boolean {
    if (placed.container !== 'webm') return false
    const before = this.#file
    const { header, scaleNs } = placed
    if (before && scaleNs !== before.scaleNs) return false
    const match = matchTracks(before?.tracks ?? [], placed.tracks)
    const patches = match && renumber(take, match)
    if (!patches) return false
    this.#entries.push(...entriesOf(header, match))
    for (const { at, value } of patches) {
      this.#patches.at.push(base + at)
      this.#patches.value.push(value)
    }
    const byTicks = Math.ceil((startMs * 1e6) / scaleNs)
    const moved = moveWebm(placed, { byTicks, base, mediaAt: before?.mediaBytes ?? 0 })
    const tracks = [...(before?.tracks ?? []), ...match.added.map(({ to }) => to)]
    this.#file = { ...(before ? behind(before, moved) : moved), tracks }
    return true
  }

  finish(): VirtualFile {
    if (!this.#file) throw new MediaError('header_incomplete', 'no take')
    const header = withTracks(this.#file.header, this.#entries)
    const file = fileOfWebm({ ...this.#file, header })
    const { at, value } = this.#patches
    if (at.length === 0) return file
    return { ...file, patches: { at: Float64Array.from(at), value: Uint8Array.from(value) } }
  }
}

function behind(before: PlacedWebm, moved: PlacedWebm): PlacedWebm {
  return {
    ...before,
    clusters: before.clusters.concat(moved.clusters),
    cues: before.cues.concat(moved.cues),
    clocks: before.clocks.concat(moved.clocks),
    runs: before.runs.concat(moved.runs),
    mediaBytes: moved.mediaBytes,
    endNs: Math.max(before.endNs ?? 0, moved.endNs ?? 0),
  }
}

/**
 * The track numbers in the take's blocks that are others in the file; `at` = take offset. Null when one of them cannot
 * be written in its place.
 */
function renumber(
  { chunks }: TakeLayoutInput,
  { numbers }: TrackMatch,
): { at: number; value: number }[] | null {
  const patches: { at: number; value: number }[] = []
  if ([...numbers].every(([from, to]) => from === to)) return patches
  if ([...numbers].flat().some((number) => number > MAX_SHORT_NUMBER)) return null
  let chunkStart = 0
  for (const { bytes, index } of chunks) {
    const blocks = 'blocks' in index ? readBlockList(index.blocks) : []
    for (const { track, at, isLaced } of blocks) {
      const number = numbers.get(track) ?? track
      if (number === track) continue
      // Where its number lies is known only without a list of frame sizes in between.
      if (isLaced) return null
      patches.push({ at: chunkStart + at - BLOCK_LEAD_BYTES, value: 0x80 | number })
    }
    chunkStart += bytes
  }
  return patches
}

/** What the header says of the tracks that the file did not have yet. */
function entriesOf({ children }: WebmHeader, { added }: TrackMatch): Uint8Array[] {
  const recorded = [...readChildren(tracksIn(children).payload)]
  return recorded.flatMap(({ id, payload }) => {
    if (id !== ID.trackEntry) return []
    const parts = [...readChildren(payload)]
    const said = parts.find((part) => part.id === ID.trackNumber)?.payload ?? new Uint8Array(0)
    const renamed = added.find(({ from }) => from.number === readUint(said, 0, said.length))
    if (!renamed) return []
    const rest = parts.filter((part) => part.id !== ID.trackNumber && part.id !== ID.crc32)
    const number = uintElement(ID.trackNumber, renamed.to.number)
    return [element(ID.trackEntry, number, ...rest.map((part) => part.whole))]
  })
}

function withTracks(header: WebmHeader, entries: readonly Uint8Array[]): WebmHeader {
  const { id } = tracksIn(header.children)
  const payload = element(id, ...entries)
  const children = header.children.map((child) => {
    return child.id === ID.tracks ? { ...child, whole: payload } : child
  })
  return { ...header, children }
}

function tracksIn(children: WebmHeader['children']) {
  const tracks = children.find((child) => child.id === ID.tracks)
  if (!tracks) throw new MediaError('header_incomplete', 'no Tracks')
  return tracks
}
