// Owns the way through the bytes of a run: parsing, and behind a hole or damage the search for a place to go on from.
// It knows nothing of what becomes of the packets.

import { joinBytes } from './ebml-writer.ts'
import type { ChunkHints } from './index-chunk.ts'
import { parseWebm } from './webm-parser.ts'
import { type LostPlace, MAX_CUTS, NO_HINTS } from './webm-recovery.ts'
import { findPlace, type Place } from './webm-resync.ts'
import { startWebm, type WebmEvent, type WebmState } from './webm-state.ts'

/** What is told of the bytes, in their order. */
export interface RunListener {
  /** Numbers of the known tracks. */
  readonly tracks: readonly number[]
  /** Where the last complete block began since reading began or was lost last; null = none. */
  readonly lastBlockAt: number | null
  /** False for what cannot become media: nothing is searched in it. */
  readonly isMedia: boolean
  /** How many Clusters without a head there were. */
  readonly cutCount: number
  take(event: WebmEvent): void
  /** From here on nothing is understood until the next event. */
  lose(from: number): void
  /** Reading goes on at a block whose Cluster's head is gone. */
  beginCut(lost: LostPlace, lent: number): void
}

/**
 * Read at once. What became of it is told in between, so that a chunk of nothing but empty blocks does not become many
 * times its size in memory.
 */
const PART_BYTES = 64 * 1024

export class RunReader {
  #webm: WebmState
  #lost: LostPlace | null
  readonly #listener: RunListener

  constructor(state: { webm: WebmState; lost: LostPlace | null }, listener: RunListener) {
    this.#webm = state.webm
    this.#lost = state.lost
    this.#listener = listener
  }

  get webm(): WebmState {
    return this.#webm
  }

  get lost(): LostPlace | null {
    return this.#lost
  }

  /** Reads one chunk. */
  read(bytes: Uint8Array, hints: ChunkHints): void {
    if (this.#isTorn(bytes, hints)) {
      const { completeEnd, received } = this.#webm
      this.#lose(completeEnd, received, hints)
    }
    let rest: Uint8Array | null = bytes
    while (rest) rest = this.#lost ? this.#search(this.#lost, rest) : this.#parse(rest)
  }

  /** The chunk begins an element where another one should go on: what was between them is lost. */
  #isTorn(bytes: Uint8Array, hints: ChunkHints): boolean {
    const { stage, received, position, block, held } = this.#webm
    if (!hints.aligned || stage !== 'media') return false
    const isInside = position > received || held.length > 0 || (block?.end ?? received) > received
    if (!isInside) return false
    const { tracks } = this.#listener
    const place = findPlace(bytes, { tracks, isFirst: true, aligned: false })
    return 'at' in place && place.at === 0
  }

  /** Reads a part. @returns what is still to be read, or to be searched because it was not understood; null = nothing */
  #parse(bytes: Uint8Array): Uint8Array | null {
    const { held } = this.#webm
    const part = bytes.subarray(0, PART_BYTES)
    const { events, state } = parseWebm(this.#webm, part)
    this.#webm = state
    for (const event of events) this.#listener.take(event)
    if (!this.#isDamaged()) return part.length < bytes.length ? bytes.subarray(PART_BYTES) : null
    const { position, completeEnd, received } = state
    const { lastBlockAt } = this.#listener
    const isBehindElement = position === completeEnd
    // A block with no element behind it was not as long as it said: its end is not its own.
    const from = isBehindElement && lastBlockAt !== null ? lastBlockAt : completeEnd
    // Nothing was read since the last search: its place was none.
    const at = isBehindElement && lastBlockAt === null ? position + 1 : position
    this.#lose(from, at, NO_HINTS)
    return bytesFrom(held, bytes, at - (received - part.length))
  }

  #isDamaged(): boolean {
    const { isMedia, cutCount } = this.#listener
    const { stage, trouble } = this.#webm
    return stage === 'ended' && trouble !== 'segment_ended' && isMedia && cutCount < MAX_CUTS
  }

  /** Leaves out what lies behind `from`; reading goes on at a place at or behind `at`. */
  #lose(from: number, at: number, hints: ChunkHints): void {
    this.#listener.lose(from)
    const { cluster, trouble } = this.#webm
    const guessedTicks = cluster?.announced ? cluster.timecode : null
    const isFirst = hints.aligned
    this.#lost = { at, held: new Uint8Array(0), isFirst, hints, guessedTicks }
    this.#webm = { ...startWebm(at), stage: 'ended', trouble }
  }

  #search(lost: LostPlace, bytes: Uint8Array): Uint8Array | null {
    const window = bytesFrom(lost.held, bytes, -lost.held.length)
    const { isFirst, hints } = lost
    const { tracks } = this.#listener
    const place = findPlace(window, { tracks, isFirst, aligned: hints.aligned })
    if ('from' in place) {
      const at = lost.at + place.from
      const held = window.slice(place.from)
      this.#lost = { ...lost, at, held, isFirst: isFirst && place.from === 0 }
      this.#webm = { ...this.#webm, received: at + held.length }
      return null
    }
    this.#goOn(lost, place)
    const { at, lent } = place
    return at < 0 ? joinBytes([Uint8Array.of(lent), window]) : window.subarray(at)
  }

  #goOn(lost: LostPlace, { at, lent, begins }: Place): void {
    const start = lost.at + at
    const isCut = begins === 'block'
    const cluster = { start, headBytes: 0, end: null, timecode: 0, announced: true }
    this.#webm = { ...startWebm(start), stage: 'media', cluster: isCut ? cluster : null }
    this.#lost = null
    if (isCut) this.#listener.beginCut(lost, lent)
  }
}

/**
 * The bytes from `at` on, which counts from the beginning of `bytes`: what lies before it is in `held`. They are copied only
 * where they have to be: a chunk may be damaged in thousands of places.
 */
function bytesFrom(held: Uint8Array, bytes: Uint8Array, at: number): Uint8Array {
  if (at >= 0) return bytes.subarray(at)
  return joinBytes([held.subarray(held.length + at), bytes])
}
