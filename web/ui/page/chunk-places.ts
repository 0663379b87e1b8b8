// Where each chunk of a recording is: what the server says it has and lacks, and what this page's own upload knows better.
// Pure. A place a chunk, in one byte; ten thousand chunks are ten kilobytes.
import type { SeqRange } from '@holdfast/protocol'
import type { TakeChunks } from '../../index.ts'
import type { DetailTake } from './detail.ts'

export const PLACES = ['unknown', 'safe', 'missing', 'device', 'flight'] as const
export type Place = (typeof PLACES)[number]

export type TakeMap = {
  readonly take: number
  /** Of each chunk, the index of its place in `PLACES`. */
  readonly cells: Uint8Array
  /** How many there are of each. */
  readonly counts: Readonly<Record<Place, number>>
  /** As far as the server lists them. */
  readonly missing: readonly SeqRange[]
}

const codeOf = (place: Place): number => PLACES.indexOf(place)

function fill(cells: Uint8Array, place: Place, ranges: readonly SeqRange[]): void {
  for (const [from, to] of ranges) cells.fill(codeOf(place), from, to + 1)
}

const endOf = (ranges: readonly SeqRange[]): number => (ranges.at(-1)?.[1] ?? -1) + 1

type Known = Pick<DetailTake, 'take' | 'total' | 'missing' | 'more'>

function mapTake({ take, total, missing, more = false }: Known, own: TakeChunks | null): TakeMap {
  const { acked = [], flying = [], here = [], stuck = [] } = own ?? {}
  const length = Math.max(total, ...[acked, flying, here, stuck].map(endOf))
  const cells = new Uint8Array(length)
  // Behind the last hole that is listed nothing is known, where there are more than fit in the list.
  fill(cells, 'safe', [[0, (more ? endOf(missing) : total) - 1]])
  fill(cells, 'missing', missing)
  // What was refused is kept here, and is not on the server.
  fill(cells, 'device', [...here, ...stuck])
  fill(cells, 'flight', flying)
  fill(cells, 'safe', acked)
  return { take, cells, counts: countPlaces(cells), missing }
}

function countPlaces(cells: Uint8Array): Record<Place, number> {
  const counts = PLACES.map(() => 0)
  for (const value of cells) counts[value] = (counts[value] ?? 0) + 1
  return Object.fromEntries(PLACES.map((place, at) => [place, counts[at] ?? 0])) as Record<
    Place,
    number
  >
}

/** In the order of their numbers; takes of which there is no chunk are left out. */
export function mapChunks(
  takes: readonly Known[],
  own: readonly TakeChunks[] = [],
): readonly TakeMap[] {
  const known = new Map(takes.map((one) => [one.take, one]))
  // A take that began a moment ago is known here first.
  for (const { take } of own) {
    if (!known.has(take)) known.set(take, { take, total: 0, missing: [] })
  }
  return [...known.values()]
    .sort((a, b) => a.take - b.take)
    .map((one) => mapTake(one, own.find(({ take }) => take === one.take) ?? null))
    .filter(({ cells }) => cells.length > 0)
}

export function sumPlaces(maps: readonly TakeMap[]): Record<Place, number> {
  const sum = (place: Place) => maps.reduce((total, { counts }) => total + counts[place], 0)
  return Object.fromEntries(PLACES.map((place) => [place, sum(place)])) as Record<Place, number>
}
