// Owns what a dying page hands to the service worker, by a message. Runs inside `pagehide`: nothing here waits, and nothing
// is deleted because of it (R11).
import type { ChunkRow, TakeRow } from '../buffer/rows.ts'
import type { HandedOver } from '../worker/worker-messages.ts'
import type { Unstored } from './live-take.ts'
import type { LocalCopy } from './local-copy.ts'
import { tellWorker } from './worker-link.ts'

/** A small chunk that is stored but not acked: IndexedDB cannot be read any more when the page dies. */
export type TailChunk = { readonly take: number; readonly seq: number; readonly chunk: ChunkRow }

/** Everything that is not known to be safe, and that this page can still reach. */
export type LastWords = {
  readonly copy: LocalCopy
  /** The running take, and any before it that is not stored to its end. */
  readonly unstored: readonly Unstored[]
  readonly tail: readonly TailChunk[]
}

/**
 * After `pagehide` the recorder may give a last slice. A message now may not leave the page any more, so
 * no total announces it to the server: the worker does, if the slice reaches it.
 * @returns false when there is no worker
 */
export function handToWorker(words: LastWords): boolean {
  const { copy } = words
  const row = { ...copy.row, ended: endOf(copy) }
  return tellWorker({
    type: 'holdfast:drain',
    row,
    takes: allTakes(words),
    chunks: handOver(words),
  })
}

export function endOf({ row }: LocalCopy): 'user' | 'pagehide' | 'error' {
  return row.ended ?? 'pagehide'
}

export function allTakes({ copy, unstored }: LastWords): TakeRow[] {
  const fresh = unstored.map(({ take }) => take)
  const known = copy.takes.filter(({ take }) => !fresh.some((one) => one.take === take))
  return [...known, ...fresh]
}

/** What is not confirmed on disk goes to the service worker, which can still write and send. */
function handOver({ copy, unstored }: LastWords): HandedOver[] {
  const held = copy.memory.map(({ take, seq, chunk }) => ({ take, seq, chunk }))
  return [...held, ...unstored.flatMap(handOverTake)]
}

function handOverTake({ take: { take }, chunks, slices }: Unstored): HandedOver[] {
  const fresh = chunks.map(({ seq, bytes, aligned, clusterMs, endMs }) => {
    return { take, seq, chunk: { bytes: bytes.buffer, aligned, clusterMs, endMs } }
  })
  return [
    ...fresh,
    ...slices.map(({ slice, firstSeq, maxBytes }) => {
      return { take, seq: firstSeq, slice, maxBytes }
    }),
  ]
}
