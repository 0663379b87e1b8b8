// Owns which chunks are still to be sent and in which order: takes in order, oldest chunk first, what the
// server seems to have last. A chunk leaves this list only when it is acked or refused for good.
import { missingRanges, type SeqRange, toRanges } from '@holdfast/protocol'
import type { ChunkRef } from '../session/chunk-ref.ts'
import { countSeqs, firstSeqs, union, without } from './seq-set.ts'
import type { TakeUpload, Uploader } from './uploader-state.ts'

/** Captured, not acked, not refused for good. */
export function pendingRanges(take: TakeUpload): readonly SeqRange[] {
  return missingRanges(union(take.acked, take.stuck), take.captured)
}

export function hasPending(state: Uploader): boolean {
  return state.takes.some((take) => pendingRanges(take).length > 0)
}

/** Something of the take was acknowledged: until then that its number on the wire is ours is not known. */
export const isProven = (take: Pick<TakeUpload, 'acked'>): boolean => take.acked.length > 0

/** How many chunks are not on the server and will not get there. */
export function stuckChunks(state: Uploader): number {
  return state.takes.reduce((sum, { stuck }) => sum + countSeqs(stuck), 0)
}

/** Pending chunks that are neither being read, nor read, nor on their way. */
export function nextToLoad(state: Uploader, limit: number): ChunkRef[] {
  const free = state.takes
    .filter((take) => take.announced === 'acked')
    .map((take) => ({ take, ranges: without(offered(take), busyRanges(state, take.take)) }))
  const fresh = free.flatMap(({ take, ranges }) =>
    refs(take, firstSeqs(without(ranges, take.have), limit)),
  )
  if (fresh.length > 0) return fresh.slice(0, limit)
  return free.flatMap(({ take, ranges }) => refs(take, firstSeqs(ranges, limit))).slice(0, limit)
}

/** The first chunk goes alone: were the number another take's, those behind it would end up in that one. */
function offered(take: TakeUpload): readonly SeqRange[] {
  const pending = pendingRanges(take)
  return isProven(take) ? pending : pending.slice(0, 1).map(([first]) => [first, first])
}

function busyRanges(state: Uploader, take: number): readonly SeqRange[] {
  const busy = [...state.loading, ...state.shelf, ...state.flight]
  return toRanges(busy.filter((ref) => ref.take === take).map((ref) => ref.seq))
}

function refs({ take }: TakeUpload, seqs: number[]): ChunkRef[] {
  return seqs.map((seq) => ({ take, seq }))
}
