// Owns the search for a place where a WebM stream can be read again: behind a hole a chunk may begin in the middle of a
// Cluster, of an id or of a block. What looks like an element is believed only when several follow it in a row.

import { type ElementHead, ID, readHead, readUint, readVint, vintLength } from './ebml.ts'
import { joinBytes } from './ebml-writer.ts'
import { MediaError } from './media-error.ts'

/** A place to go on from. */
export type Place = {
  /** Offset in the window; −1 when the byte `lent` is missing in front of it. */
  readonly at: number
  readonly lent: number
  /** A Cluster's head, or one of its blocks. */
  readonly begins: 'cluster' | 'block'
}

type SearchOptions = {
  readonly tracks: readonly number[]
  /** The window begins where a chunk behind a hole does. */
  readonly isFirst: boolean
  /** Its sender says that it begins an element. */
  readonly aligned: boolean
}

/** No place is judged by bytes further away than this: it bounds what is held from one chunk to the next. */
const WINDOW_BYTES = 16 * 1024
/** That many blocks in a row are no accident: three random bytes in each would have to fit. */
const SURE_BLOCKS = 3
/** Enough where the bytes end or the window is full. */
const LIKELY_BLOCKS = 2
/** No recorder writes larger ones. */
const MAX_BLOCK_BYTES = 2 ** 28
/** Blocks lie seldom, and never far, before their Cluster's timecode. */
const MIN_RELATIVE_TICKS = -2000

const RESERVED_FLAGS = 0x70

/** Chromium cuts its slices one byte inside an id; these are the bytes that can be missing. */
const LENT = [0, 0x1f, 0xa3, 0xa0]
/** What may stand in a Cluster besides blocks: Void, CRC-32, Position, PrevSize. */
const FILLERS: ReadonlySet<number> = new Set([ID.void, ID.crc32, 0xa7, 0xab])
/** What may follow a Cluster. */
const AFTER_CLUSTER: ReadonlySet<number> = new Set([
  ID.cues,
  ID.tags,
  ID.seekHead,
  ID.info,
  ID.tracks,
])

/** The first place from which the window can be read; else `from` = nothing begins before it as far as one can see. */
export function findPlace(
  window: Uint8Array,
  options: SearchOptions,
): Place | { readonly from: number } {
  if (options.isFirst) {
    const place = findFirst(window, options)
    if (place) return place
    // Too little to tell what is missing: more will come.
    if (window.length < WINDOW_BYTES && !hasPlace(window, options)) return { from: 0 }
  }
  for (let at = 0; at < window.length; at++) {
    const place = judge(window, at, options.tracks)
    if (place === 'unknown') return { from: at }
    if (place) return { at, lent: 0, begins: place }
  }
  return { from: window.length }
}

function hasPlace(window: Uint8Array, options: SearchOptions): boolean {
  return !('from' in findPlace(window, { ...options, isFirst: false }))
}

/** At the first byte less proof is needed: what is missing there is nothing, or one byte. */
function findFirst(window: Uint8Array, { tracks, aligned }: SearchOptions): Place | null {
  for (const lent of LENT) {
    const bytes = lent === 0 ? window : joinBytes([Uint8Array.of(lent), window])
    const { begins, blocks, end } = follow(bytes, 0, tracks)
    if (!begins || end === 'damage') continue
    const isSound = end === 'cluster' || blocks >= LIKELY_BLOCKS || (blocks > 0 && end === 'edge')
    if (isSound || (aligned && lent === 0 && blocks > 0)) {
      return { at: lent === 0 ? 0 : -1, lent, begins }
    }
  }
  return null
}

function judge(
  window: Uint8Array,
  at: number,
  tracks: readonly number[],
): Place['begins'] | 'unknown' | null {
  if (!isPlausible(window[at] ?? 0)) return null
  // Never more than this, however much is here: where the cuts lie must not change the place.
  const seen = window.subarray(at, at + WINDOW_BYTES)
  const { begins, blocks, end } = follow(seen, 0, tracks)
  if (end === 'damage') return null
  if (end === 'cluster' || blocks >= SURE_BLOCKS) return begins
  // Also where the bytes end inside the first head: what it begins is seen with the next ones.
  if (seen.length < WINDOW_BYTES) return 'unknown'
  return blocks >= LIKELY_BLOCKS ? begins : null
}

/** First bytes of the ids that a place may begin with. */
function isPlausible(first: number): boolean {
  return first === ID.simpleBlock || first === ID.blockGroup || first === ID.cluster >>> 24
}

type Chain = {
  readonly begins: Place['begins'] | null
  /** Heads of blocks that fit. */
  readonly blocks: number
  /** `edge`: an element ends with the last byte, or one byte before it; `open`: inside one. */
  readonly end: 'cluster' | 'damage' | 'edge' | 'open'
}

/** Follows elements of a Cluster from one to the next, as far as the bytes or what is asked for reach. */
function follow(bytes: Uint8Array, start: number, tracks: readonly number[]): Chain {
  let at = start
  let blocks = 0
  let begins: Chain['begins'] = null
  while (at < bytes.length && blocks < SURE_BLOCKS) {
    const step = stepFrom(bytes, at, tracks)
    if (step.kind === 'short')
      return { begins, blocks, end: bytes.length - at === 1 ? 'edge' : 'open' }
    if (step.kind === 'damage') return { begins, blocks, end: 'damage' }
    if (step.kind === 'cluster') return { begins: begins ?? 'cluster', blocks, end: 'cluster' }
    // What only fills proves nothing.
    if (at === start && step.kind === 'filler') return { begins, blocks, end: 'damage' }
    begins ??= 'block'
    if (step.kind === 'block') blocks += 1
    at = step.end
  }
  return { begins, blocks, end: at === bytes.length ? 'edge' : 'open' }
}

type Step =
  | { readonly kind: 'short' }
  | { readonly kind: 'damage' }
  | { readonly kind: 'cluster' }
  | { readonly kind: 'block' | 'filler'; readonly end: number }

function stepFrom(bytes: Uint8Array, at: number, tracks: readonly number[]): Step {
  const head = headAt(bytes, at)
  if (head === 'damage') return { kind: 'damage' }
  if (!head) return { kind: 'short' }
  if (head.id === ID.cluster) return clusterFrom(bytes, at + head.headBytes)
  if (AFTER_CLUSTER.has(head.id)) return { kind: 'cluster' }
  if (head.size === null) return { kind: 'damage' }
  const end = at + head.headBytes + head.size
  if (FILLERS.has(head.id)) return { kind: 'filler', end }
  if (head.size > MAX_BLOCK_BYTES) return { kind: 'damage' }
  const fits =
    head.id === ID.simpleBlock
      ? fitsBlock(bytes, at + head.headBytes, { size: head.size, tracks })
      : head.id === ID.blockGroup &&
        fitsGroup(bytes, at + head.headBytes, { size: head.size, tracks })
  if (fits === 'short') return { kind: 'short' }
  return fits ? { kind: 'block', end } : { kind: 'damage' }
}

function headAt(bytes: Uint8Array, at: number): ElementHead | null | 'damage' {
  try {
    return readHead(bytes, at)
  } catch (error) {
    if (error instanceof MediaError) return 'damage'
    throw error
  }
}

/** The four bytes of its id are rare enough; its first child must be one that it can have. */
function clusterFrom(bytes: Uint8Array, at: number): Step {
  const head = headAt(bytes, at)
  if (head === null) return { kind: 'short' }
  const isChild = head !== 'damage' && (head.id === ID.timecode || FILLERS.has(head.id))
  return { kind: isChild ? 'cluster' : 'damage' }
}

type BlockOptions = { readonly size: number; readonly tracks: readonly number[] }

function fitsGroup(bytes: Uint8Array, at: number, of: BlockOptions): boolean | 'short' {
  const head = headAt(bytes, at)
  if (head === null) return 'short'
  if (head === 'damage' || head.id !== ID.block || head.size === null) return false
  if (head.size > of.size - head.headBytes) return false
  return fitsBlock(bytes, at + head.headBytes, { ...of, size: head.size })
}

function fitsBlock(
  bytes: Uint8Array,
  at: number,
  { size, tracks }: BlockOptions,
): boolean | 'short' {
  const trackBytes = vintLength(bytes[at] ?? 0)
  if (at >= bytes.length) return 'short'
  if (trackBytes > 4 || size < trackBytes + 4) return false
  if (at + trackBytes + 3 > bytes.length) return 'short'
  const track = readVint(bytes, at, trackBytes)
  const relative = (readUint(bytes, at + trackBytes, 2) << 16) >> 16
  const flags = bytes[at + trackBytes + 2] ?? 0
  return (
    track !== null &&
    tracks.includes(track) &&
    relative >= MIN_RELATIVE_TICKS &&
    (flags & RESERVED_FLAGS) === 0
  )
}
