// Owns the sums that people see. `ackedMs` counts only what is acknowledged without a hole before it.
import type { StoredRecording } from '../buffer/local-buffer.ts'
import type { Progress } from './recording.ts'

type Waiting = { readonly startMs: number; readonly bytes: number; stored: boolean }

type TakeSums = {
  chunks: number
  endMs: number
  bufferedMs: number
  /** Not acked, lowest first. */
  readonly waiting: Map<number, Waiting>
}

export class ProgressMeter {
  readonly #takes = new Map<number, TakeSums>()
  readonly #recordedMs: () => number

  /** @param recordedMs the capture clock; media time counts when it is ahead of it */
  constructor(recordedMs: () => number = () => 0) {
    this.#recordedMs = recordedMs
  }

  /** What an earlier page left behind. Sizes and times of single chunks are averages. */
  addStored({ takes, pending }: StoredRecording): void {
    for (const { take, chunks, bytes, endMs } of takes) {
      const sums = this.#sums(take)
      const seqs = pending.get(take) ?? []
      sums.chunks = Math.max(chunks, ...seqs.slice(-1).map((seq) => seq + 1))
      sums.endMs = endMs
      sums.bufferedMs = endMs
      const share = 1 / Math.max(1, sums.chunks)
      for (const seq of seqs) {
        sums.waiting.set(seq, { startMs: endMs * seq * share, bytes: bytes * share, stored: true })
      }
    }
  }

  captured(take: number, seq: number, chunk: { bytes: number; endMs: number | null }): void {
    const sums = this.#sums(take)
    sums.waiting.set(seq, { startMs: sums.endMs, bytes: chunk.bytes, stored: false })
    sums.chunks = Math.max(sums.chunks, seq + 1)
    sums.endMs = Math.max(sums.endMs, chunk.endMs ?? 0)
  }

  buffered(take: number, seq: number, endMs: number | null): void {
    const sums = this.#sums(take)
    const chunk = sums.waiting.get(seq)
    if (chunk) chunk.stored = true
    sums.bufferedMs = Math.max(sums.bufferedMs, endMs ?? 0)
  }

  acked(take: number, seq: number): void {
    this.#sums(take).waiting.delete(seq)
  }

  /** It is gone: not acknowledged, so never passed over, but not waiting here either. */
  lost(take: number, seq: number): void {
    const { waiting, endMs, chunks } = this.#sums(take)
    const startMs = waiting.get(seq)?.startMs ?? (endMs * seq) / Math.max(1, chunks)
    const isLate = !waiting.has(seq)
    waiting.set(seq, { startMs, bytes: 0, stored: true })
    if (!isLate) return
    const inOrder = [...waiting].sort(([a], [b]) => a - b)
    waiting.clear()
    for (const [at, chunk] of inOrder) waiting.set(at, chunk)
  }

  /** The disk has lost it, memory has not. */
  unstored(take: number, seq: number): void {
    const chunk = this.#sums(take).waiting.get(seq)
    if (chunk) chunk.stored = false
  }

  isWaiting(take: number, seq: number): boolean {
    return this.#sums(take).waiting.has(seq)
  }

  /** Not acknowledged, and on this device's disk as far as is known. */
  get storedChunks(): { take: number; seq: number }[] {
    return [...this.#takes].flatMap(([take, { waiting }]) =>
      [...waiting].flatMap(([seq, { stored, bytes }]) =>
        stored && bytes > 0 ? [{ take, seq }] : [],
      ),
    )
  }

  get waitingChunks(): number {
    return [...this.#takes.values()].reduce((sum, { waiting }) => sum + waiting.size, 0)
  }

  read(): Progress {
    const takes = [...this.#takes.values()]
    const sum = (of: (take: TakeSums) => number) => takes.reduce((all, take) => all + of(take), 0)
    const chunks = sum((take) => take.chunks)
    return {
      recordedMs: Math.round(
        Math.max(
          this.#recordedMs(),
          sum((take) => take.endMs),
        ),
      ),
      bufferedMs: Math.round(sum((take) => Math.max(take.bufferedMs, ackedMs(take)))),
      ackedMs: Math.round(sum(ackedMs)),
      chunks,
      ackedChunks: chunks - this.waitingChunks,
      waitingBytes: Math.round(sum((take) => bytesOf(take, () => true))),
      memoryBytes: Math.round(sum((take) => bytesOf(take, ({ stored }) => !stored))),
    }
  }

  #sums(take: number): TakeSums {
    const known = this.#takes.get(take)
    if (known) return known
    const sums: TakeSums = { chunks: 0, endMs: 0, bufferedMs: 0, waiting: new Map() }
    this.#takes.set(take, sums)
    return sums
  }
}

function ackedMs({ endMs, waiting }: TakeSums): number {
  const [oldest] = waiting.values()
  return oldest ? oldest.startMs : endMs
}

function bytesOf({ waiting }: TakeSums, counts: (chunk: Waiting) => boolean): number {
  let bytes = 0
  for (const chunk of waiting.values()) if (counts(chunk)) bytes += chunk.bytes
  return bytes
}
