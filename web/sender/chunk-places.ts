// Owns where each chunk of an upload is, as the uploader knows it: for people who want to see it. A picture of one moment.
import type { SeqRange } from '@holdfast/protocol'
import { toRanges } from '@holdfast/protocol'
import type { TakeChunks } from '../session/recording.ts'
import { union, without } from './seq-set.ts'
import type { Uploader } from './uploader-state.ts'

export function chunkPlaces({ takes, flight }: Pick<Uploader, 'takes' | 'flight'>): TakeChunks[] {
  return takes.map(({ take, wire, captured, acked, assumed, stuck }) => {
    const all: SeqRange[] = captured > 0 ? [[0, captured - 1]] : []
    const flying = toRanges(flight.filter((one) => one.take === take).map(({ seq }) => seq))
    return {
      take: wire,
      acked: without(acked, assumed),
      flying,
      here: without(all, union(acked, flying, stuck)),
      stuck,
    }
  })
}
