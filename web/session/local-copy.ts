// Owns what this device has of one recording, on disk and in memory, as far as the page that records needs to know it.
// Nothing is taken out of it here: a chunk goes only with the ACK of its own sha256 (`stored-source`).
import { changeRecording, putChunk } from '../buffer/local-buffer.ts'
import type { ChunkRow, RecordingRow, TakeRow } from '../buffer/rows.ts'
import type { Edits } from '../transport/recordings-api.ts'
import { type ChunkRef, keyOf } from './chunk-ref.ts'
import type { Auth } from './recording.ts'

/** A chunk that could not be stored on disk. */
export type MemoryChunk = ChunkRef & { readonly chunk: ChunkRow }

/** For what only saves work later: a failure costs a repeated call or a CHECK at the next visit. */
export function quietly(work: Promise<unknown>): void {
  work.catch(() => undefined)
}

export class LocalCopy {
  /** Who fetches a bearer for the creation of the recording. */
  readonly auth: Auth | undefined
  readonly #memory = new Map<string, MemoryChunk>()
  readonly #takes = new Map<number, TakeRow>()
  /** The newest chunk that lies on disk: as a rule it is sent at once, and need not be read back for that. */
  #newest: MemoryChunk | null = null
  #row: RecordingRow

  constructor(row: RecordingRow, auth?: Auth) {
    this.#row = row
    this.auth = auth
  }

  get row(): RecordingRow {
    return this.#row
  }

  /** Takes over what earlier pages wrote. */
  adopt(row: RecordingRow): void {
    this.#row = { ...row, ended: null }
  }

  /** Heads and totals of all takes. */
  get takes(): readonly TakeRow[] {
    return [...this.#takes.values()]
  }

  /** Chunks that are nowhere else. */
  get memory(): readonly MemoryChunk[] {
    return [...this.#memory.values()]
  }

  /** Changes the row, here at once and on disk when it can. */
  change(change: Partial<RecordingRow>): void {
    this.#row = { ...this.#row, ...change }
    quietly(changeRecording(this.#row.id, change))
  }

  /** What is known of a take by now. Its number on the wire is kept. */
  setTake(take: TakeRow): void {
    const wire = this.#takes.get(take.take)?.wire ?? take.wire
    this.#takes.set(take.take, { ...take, wire })
  }

  /** As it is said to lie here, its number on the wire too. */
  restoreTake(take: TakeRow): void {
    this.#takes.set(take.take, take)
  }

  getTake(take: number): TakeRow | undefined {
    return this.#takes.get(take)
  }

  addMemory(chunk: MemoryChunk): void {
    this.#memory.set(keyOf(chunk), chunk)
  }

  getMemory(ref: ChunkRef): ChunkRow | undefined {
    return this.#memory.get(keyOf(ref))?.chunk
  }

  /** It lies on disk as it is here. */
  noteStored(chunk: MemoryChunk): void {
    this.#newest = chunk
  }

  /** What was stored last, if that is it. Once: what has to be sent again is read from the disk. */
  takeNewest(ref: ChunkRef): ChunkRow | null {
    const newest = this.#newest
    if (!newest || keyOf(newest) !== keyOf(ref)) return null
    this.#newest = null
    return newest.chunk
  }

  /** It is acknowledged. */
  dropMemory(ref: ChunkRef): void {
    this.#memory.delete(keyOf(ref))
  }

  /**
   * The disk took a chunk again: brings the oldest that is only in memory there too.
   * @returns it, or null when there is none or the disk is still full
   */
  async rescueMemory(): Promise<MemoryChunk | null> {
    const [oldest] = this.#memory.values()
    const take = oldest ? this.#takes.get(oldest.take) : undefined
    if (!oldest || !take) return null
    try {
      await putChunk(this.#row.id, take, oldest.seq, oldest.chunk)
    } catch {
      return null
    }
    this.dropMemory(oldest)
    return oldest
  }

  /** Changes what people call it or mark in it; the sender brings it to the server. */
  edit(edits: Edits): void {
    const fields = Object.keys(edits) as (keyof Edits)[]
    const unsaved = [...new Set([...(this.#row.unsaved ?? []), ...fields])]
    this.change({ ...edits, unsaved })
  }
}
