// Owns the list of a chunk's blocks as it stands in its index: where each payload lies, its time, whether decoding can begin
// there. A file of another container is laid out from it without reading the media; about five bytes a block.

import { CompactReader, CompactWriter } from './compact-bytes.ts'

/** A complete block of a known track. */
export type BlockPlace = {
  readonly track: number
  /** Where the payload begins; relative to the chunk's first byte, negative when it began in an earlier chunk. */
  readonly at: number
  readonly size: number
  /** Absolute time in ticks of the take, or counted from the lost timecode of its Cluster. */
  readonly ticks: number
  /** Which of the run's cut Clusters it is in; null = its time is known. */
  readonly cut: number | null
  readonly isKey: boolean
  /** The payload holds several frames and their sizes. */
  readonly isLaced: boolean
}

const IS_KEY = 1
const IS_LACED = 2
/** It lies as far behind the block before it as the last one of its track did. */
const USUAL_GAP = 4
const IS_CUT = 8
const FLAGS = 16

export class BlockListWriter {
  readonly #out = new CompactWriter()
  #end = 0
  readonly #tracks = new Map<number, { gap: number; ticks: number }>()

  add({ track, at, size, ticks, cut, isKey, isLaced }: BlockPlace): void {
    const before = this.#tracks.get(track)
    const gap = at - this.#end
    const isUsual = gap === before?.gap
    const flags = [isKey, isLaced, isUsual, cut !== null]
      .map((isSet, i) => (isSet ? 2 ** i : 0))
      .reduce((sum, flag) => sum + flag, 0)
    this.#out.uint(track * FLAGS + flags)
    if (cut !== null) this.#out.uint(cut)
    if (!isUsual) this.#out.int(gap)
    this.#out.uint(size)
    this.#out.int(ticks - (before?.ticks ?? 0))
    this.#tracks.set(track, { gap, ticks })
    this.#end = at + size
  }

  finish(): Uint8Array {
    return this.#out.finish()
  }
}

/** The blocks in the order of the take. @throws MediaError `bad_index` for what `BlockListWriter` did not write */
export function* readBlockList(list: Uint8Array): Generator<BlockPlace> {
  const input = new CompactReader(list)
  const tracks = new Map<number, { gap: number; ticks: number }>()
  let end = 0
  while (!input.isAtEnd) {
    const lead = input.uint()
    const flags = lead % FLAGS
    const track = (lead - flags) / FLAGS
    const before = tracks.get(track)
    const cut = flags & IS_CUT ? input.uint() : null
    const gap = flags & USUAL_GAP ? (before?.gap ?? 0) : input.int()
    const size = input.uint()
    const ticks = (before?.ticks ?? 0) + input.int()
    const at = end + gap
    end = at + size
    tracks.set(track, { gap, ticks })
    const [isKey, isLaced] = [(flags & IS_KEY) !== 0, (flags & IS_LACED) !== 0]
    yield { track, at, size, ticks, cut, isKey, isLaced }
  }
}
