// Owns the boxes that tell a player of every sample: when (stts, ctts), where decoding can begin (stss), how long
// (stsz) and where (stsc, stco or co64).

import { fullBox, uint32s, uint64s } from './mp4-writer.ts'
import type { SampleChunk, SampleTable } from './sample-table.ts'

/** The children of stbl that say nothing of places in the file. */
export function makeTables(table: SampleTable): Uint8Array[] {
  return [
    fullBox('stts', {}, pairs(table.deltas)),
    ...makeShifts(table.shifts),
    ...makeSyncs(table),
    fullBox('stsc', {}, counted(chunkLengths(table.chunks), 3)),
    makeSizes(table.sizes),
  ]
}

/** `shift` makes file offsets of take offsets; `wide` = they need 64 bits. */
export function makePlaces(
  { chunks }: SampleTable,
  { shift, wide }: { shift: number; wide: boolean },
): Uint8Array {
  const places = chunks.map((chunk) => chunk.at + shift)
  if (!wide) return fullBox('stco', {}, counted(places, 1))
  return fullBox('co64', {}, uint32s([places.length]), uint64s(places))
}

/** Left out where every sample is shown when it is decoded. */
function makeShifts(shifts: readonly number[]): Uint8Array[] {
  if (shifts.every((shift) => shift === 0)) return []
  const version = shifts.some((shift) => shift < 0) ? 1 : 0
  return [fullBox('ctts', { version }, pairs(shifts))]
}

/** Left out where decoding can begin at every sample: that is what its absence means. */
function makeSyncs({ syncs, sizes }: SampleTable): Uint8Array[] {
  return syncs.length === sizes.length ? [] : [fullBox('stss', {}, counted(syncs, 1))]
}

function makeSizes(sizes: readonly number[]): Uint8Array {
  const first = sizes[0] ?? 0
  const isConstant = first > 0 && sizes.every((size) => size === first)
  const all = isConstant ? [first, sizes.length] : [0, sizes.length]
  return fullBox('stsz', {}, uint32s(all), uint32s(isConstant ? [] : sizes))
}

/** Entries are made only where a chunk differs from the one before. */
function chunkLengths(chunks: readonly SampleChunk[]): number[] {
  const entries: number[] = []
  let before: SampleChunk | undefined
  for (let i = 0; i < chunks.length; i++) {
    const chunk = chunks[i]
    if (!chunk) continue
    const { samples, description } = chunk
    const isSame = before?.samples === samples && before.description === description
    if (!isSame) entries.push(i + 1, samples, description)
    before = chunk
  }
  return entries
}

/** How often each value comes in a row, and the value. */
function pairs(values: readonly number[]): Uint8Array {
  const entries: number[] = []
  let count = 0
  for (let i = 0; i < values.length; i++) {
    count += 1
    const value = values[i] ?? 0
    if (values[i + 1] === value) continue
    entries.push(count, value)
    count = 0
  }
  return counted(entries, 2)
}

/** A table with the number of its entries in front. */
function counted(numbers: readonly number[], perEntry: number): Uint8Array {
  return uint32s([numbers.length / perEntry, ...numbers])
}
