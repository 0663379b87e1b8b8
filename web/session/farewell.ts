// Owns what a dying page says, to the server by a beacon and to the service worker by a message. Runs
// inside `pagehide`: nothing here waits, and nothing is deleted because of it (R11).
import { chunkFrame, FRAME, type Frame, jsonFrame, LIMITS, toBase64 } from '@holdfast/protocol'
import type { ChunkRow, TakeRow } from '../buffer/rows.ts'
import { digestNow } from '../capture/digest.ts'
import { sendFarewell } from '../transport/beacon.ts'
import type { HandedOver } from '../worker/worker-messages.ts'
import type { Unstored } from './live-take.ts'
import type { LocalCopy } from './local-copy.ts'
import { tellWorker, wakeWorkerOnline } from './worker-link.ts'

/** A small chunk that is stored but not acked: IndexedDB cannot be read any more when the page dies. */
export type TailChunk = { readonly take: number; readonly seq: number; readonly chunk: ChunkRow }

/** Everything that is not known to be safe, and that this page can still reach. */
export type LastWords = {
  readonly copy: LocalCopy
  /** The running take, and any before it that is not stored to its end. */
  readonly unstored: readonly Unstored[]
  readonly tail: readonly TailChunk[]
  /** Takes that the server has acknowledged. */
  readonly isAnnounced: (take: number) => boolean
}

/** At `pagehide`: the stop, and everything that can still get out. */
export function sayFarewell(words: LastWords): void {
  const { copy } = words
  const takes = allTakes(words)
  const hasHeir = handToWorker(words)
  const unread = new Map(words.unstored.map(({ take, slices }) => [take.take, slices]))
  // Slices that nobody has read can only come through the worker: without one they are not announced.
  const sure = takes.map((take) => {
    const first = unread.get(take.take)?.[0]
    return first && !hasHeir ? { ...take, chunks: first.firstSeq } : take
  })
  sendFarewell(copy.row, {
    takes: sure.filter(({ take, chunks }) => chunks > 0 && !words.isAnnounced(take)).map(takeFrame),
    chunks: beaconChunks(words, sure),
    finish: finishFrame(sure, endOf(copy)),
  })
  wakeWorkerOnline()
}

/**
 * After `pagehide` the recorder may give a last slice. A message now may not leave the page any more, so
 * no total announces it to the server: the worker does, if the slice reaches it.
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

function endOf({ row }: LocalCopy): 'user' | 'pagehide' | 'error' {
  return row.ended ?? 'pagehide'
}

function allTakes({ copy, unstored }: LastWords): TakeRow[] {
  const fresh = unstored.map(({ take }) => take)
  const known = copy.takes.filter(({ take }) => !fresh.some((one) => one.take === take))
  return [...known, ...fresh]
}

function takeFrame({ wire, mimeType, startedAt, init }: TakeRow): Frame {
  const body = { mimeType, startedAt, init: init ? toBase64(new Uint8Array(init)) : null }
  return jsonFrame(FRAME.TAKE, body, { take: wire })
}

function finishFrame(takes: readonly TakeRow[], reason: string): Frame {
  const totals = takes.flatMap(({ wire, chunks }) => (chunks > 0 ? [{ take: wire, chunks }] : []))
  return jsonFrame(FRAME.FINISH, { takes: totals, reason })
}

/** What the beacon may carry, oldest first, so that no hole opens before what arrives. */
function beaconChunks({ copy, unstored, tail }: LastWords, takes: readonly TakeRow[]): Frame[] {
  const fresh = unstored.flatMap(({ take: { take }, chunks }) =>
    chunks.map((chunk) => ({ take, chunk })),
  )
  const small = fresh.filter(({ chunk }) => chunk.bytes.length < LIMITS.beaconBytes)
  const stored = [...copy.memory, ...tail].map(({ take, seq, chunk }) => {
    return { take, chunk: { ...chunk, seq, bytes: new Uint8Array(chunk.bytes) } }
  })
  const hashed = small.map(({ take, chunk }) => {
    return { take, chunk: { ...chunk, sha256: digestNow(chunk.bytes) } }
  })
  const wires = new Map(takes.map(({ take, wire }) => [take, wire]))
  const all = [...stored, ...hashed].sort((a, b) => a.take - b.take || a.chunk.seq - b.chunk.seq)
  return all.map(({ take, chunk }) => chunkFrame({ ...chunk, take: wires.get(take) ?? take }))
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
