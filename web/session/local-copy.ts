// Owns what this device has of one recording, on disk and in memory, and is the uploader's source.
// A chunk goes only with the ACK of its own sha256, or with the whole recording when the file is final.
import { ERRORS } from '@holdfast/protocol'
import {
  changeRecording,
  discardRecording,
  forgetChunk,
  getChunk,
  markRefused,
  putChunk,
  renumberTake,
} from '../buffer/local-buffer.ts'
import type { ChunkRow, RecordingRow, RefusedChunk, TakeRow } from '../buffer/rows.ts'
import { askResult, createRecording, type Edits, saveEdits } from '../transport/recordings-api.ts'
import type { Failure } from '../transport/transport.ts'
import { atMost } from './bounded.ts'
import type { Auth, ReadyEvent } from './recording.ts'
import type { TakeHead, UploadSource } from './upload-driver.ts'
import type { ChunkRef } from './uploader-state.ts'

/** As long as the call that it is for. */
const AUTH_LIMIT_MS = 15_000

/** A chunk that could not be stored on disk. */
export type MemoryChunk = ChunkRef & { readonly chunk: ChunkRow }

const keyOf = ({ take, seq }: ChunkRef): string => `${take}/${seq}`

/** For what only saves work later: a failure costs a repeated call or a CHECK at the next visit. */
export function quietly(work: Promise<unknown>): void {
  work.catch(() => undefined)
}

export class LocalCopy implements UploadSource {
  readonly #auth: Auth | undefined
  readonly #memory = new Map<string, MemoryChunk>()
  readonly #takes = new Map<number, TakeRow>()
  /** The newest chunk that lies on disk: as a rule it is sent at once, and need not be read back for that. */
  #newest: MemoryChunk | null = null
  #row: RecordingRow
  #isSaving = false

  constructor(row: RecordingRow, auth?: Auth) {
    this.#row = row
    this.#auth = auth
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

  /** As earlier pages left it, its number on the wire too. */
  restoreTake(take: TakeRow): void {
    this.#takes.set(take.take, take)
  }

  getTake(take: number): TakeRow | undefined {
    return this.#takes.get(take)
  }

  addMemory(chunk: MemoryChunk): void {
    this.#memory.set(keyOf(chunk), chunk)
  }

  /** It lies on disk as it is here. */
  noteStored(chunk: MemoryChunk): void {
    this.#newest = chunk
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
    this.#memory.delete(keyOf(oldest))
    return oldest
  }

  async readChunk(ref: ChunkRef): Promise<ChunkRow | null> {
    const held = this.#memory.get(keyOf(ref)) ?? this.#takeNewest(ref)
    return held?.chunk ?? (await getChunk(this.#row.id, ref.take, ref.seq)) ?? null
  }

  /** Once: what has to be sent again is read from the disk. */
  #takeNewest(ref: ChunkRef): MemoryChunk | null {
    const newest = this.#newest
    if (!newest || keyOf(newest) !== keyOf(ref)) return null
    this.#newest = null
    return newest
  }

  readTake(take: number): TakeHead {
    const { createdAt } = this.#row
    const { mimeType = '', startedAt = createdAt, init = null } = this.#takes.get(take) ?? {}
    return { mimeType, startedAt, init }
  }

  forget(ref: ChunkRef, sha256: Uint8Array): void {
    this.#memory.delete(keyOf(ref))
    quietly(forgetChunk(this.#row.id, { ...ref, sha256 }))
  }

  setAside({ take, seq, code }: RefusedChunk): void {
    quietly(markRefused(this.#row.id, { take, seq, code }))
  }

  renumber(take: number, wire: number): void {
    const row = this.#takes.get(take)
    if (row) this.#takes.set(take, { ...row, wire })
    quietly(renumberTake(this.#row.id, take, wire))
  }

  async create(): Promise<Failure | null> {
    const bearer = (await this.#freshBearer()) ?? this.#row.bearer
    if (bearer !== this.#row.bearer) this.change({ bearer })
    const failure = await createRecording(this.#row, this.#row)
    if (!failure) this.change({ created: true })
    return failure
  }

  /** The app's own function may throw, fail or hang while offline; the stored bearer is tried then. */
  async #freshBearer(): Promise<string | null> {
    const auth = this.#auth
    if (typeof auth !== 'function') return auth ?? null
    try {
      return await atMost(AUTH_LIMIT_MS, (async () => await auth())())
    } catch {
      return null
    }
  }

  /** Changes what people call it or mark in it; `saveEdits` brings it to the server. */
  edit(edits: Edits): void {
    const fields = Object.keys(edits) as (keyof Edits)[]
    const unsaved = [...new Set([...(this.#row.unsaved ?? []), ...fields])]
    this.change({ ...edits, unsaved })
  }

  /** @returns false while an edit is only here */
  async saveEdits(): Promise<boolean> {
    const { title, marks = [], unsaved = [], created } = this.#row
    if (unsaved.length === 0) return true
    if (!created || this.#isSaving) return false
    this.#isSaving = true
    const named = { title, marks }
    const edits = Object.fromEntries(unsaved.map((field) => [field, named[field]]))
    const failure = await saveEdits(this.#row, edits)
    this.#isSaving = false
    // Refused for good: asking again changes nothing, and no media depends on it.
    const isOver = failure === null || (failure.code !== null && !ERRORS[failure.code].retry)
    const isSame = this.#row.title === title && (this.#row.marks ?? []).length === marks.length
    if (isOver && isSame) this.change({ unsaved: [] })
    return isOver && isSame
  }

  ask(): Promise<ReadyEvent | 'empty' | null> {
    return askResult(this.#row)
  }

  /** The file is final. What is not in it stays, and so does what another page records on. */
  discard(): void {
    quietly(discardRecording(this.#row.id, [...this.#takes.keys()]))
  }
}
