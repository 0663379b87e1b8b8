// Owns the uploader's way to what this device has of a recording, and to the calls about the recording itself.
// A chunk goes only with the ACK of its own sha256, or with the whole recording when the file is final.
import { ERRORS } from '@holdfast/protocol'
import type { ChunkRow, RefusedChunk } from '../buffer/rows.ts'
import { forgetChunk, getChunk, markRefused, renumberTake } from '../buffer/stored-chunks.ts'
import { discardRecording } from '../buffer/whole-recordings.ts'
import { atMost } from '../session/bounded.ts'
import type { ChunkRef } from '../session/chunk-ref.ts'
import { type LocalCopy, quietly } from '../session/local-copy.ts'
import type { ReadyEvent } from '../session/recording.ts'
import { askResult, createRecording, saveEdits } from '../transport/recordings-api.ts'
import type { Failure } from '../transport/transport.ts'
import type { TakeHead, UploadSource } from './upload-driver.ts'

/** As long as the call that it is for. */
const AUTH_LIMIT_MS = 15_000

export class StoredSource implements UploadSource {
  readonly #copy: LocalCopy
  #isSaving = false

  constructor(copy: LocalCopy) {
    this.#copy = copy
  }

  get #id(): string {
    return this.#copy.row.id
  }

  async readChunk(ref: ChunkRef): Promise<ChunkRow | null> {
    const held = this.#copy.getMemory(ref) ?? this.#copy.takeNewest(ref)
    return held ?? (await getChunk(this.#id, ref.take, ref.seq)) ?? null
  }

  readTake(take: number): TakeHead {
    const { createdAt } = this.#copy.row
    const { mimeType = '', startedAt = createdAt, init = null } = this.#copy.getTake(take) ?? {}
    return { mimeType, startedAt, init }
  }

  forget(ref: ChunkRef, sha256: Uint8Array): void {
    this.#copy.dropMemory(ref)
    quietly(forgetChunk(this.#id, { ...ref, sha256 }))
  }

  setAside({ take, seq, code }: RefusedChunk): void {
    quietly(markRefused(this.#id, { take, seq, code }))
  }

  renumber(take: number, wire: number): void {
    const row = this.#copy.getTake(take)
    if (row) this.#copy.restoreTake({ ...row, wire })
    quietly(renumberTake(this.#id, take, wire))
  }

  async create(): Promise<Failure | null> {
    const bearer = (await this.#freshBearer()) ?? this.#copy.row.bearer
    if (bearer !== this.#copy.row.bearer) this.#copy.change({ bearer })
    const failure = await createRecording(this.#copy.row, this.#copy.row)
    if (!failure) this.#copy.change({ created: true })
    return failure
  }

  /** The app's own function may throw, fail or hang while offline; the stored bearer is tried then. */
  async #freshBearer(): Promise<string | null> {
    const { auth } = this.#copy
    if (typeof auth !== 'function') return auth ?? null
    try {
      return await atMost(AUTH_LIMIT_MS, (async () => await auth())())
    } catch {
      return null
    }
  }

  /** @returns false while an edit is only here */
  async saveEdits(): Promise<boolean> {
    const { title, marks = [], unsaved = [], created } = this.#copy.row
    if (unsaved.length === 0) return true
    if (!created || this.#isSaving) return false
    this.#isSaving = true
    const named = { title, marks }
    const edits = Object.fromEntries(unsaved.map((field) => [field, named[field]]))
    const failure = await saveEdits(this.#copy.row, edits)
    this.#isSaving = false
    // Refused for good: asking again changes nothing, and no media depends on it.
    const isOver = failure === null || (failure.code !== null && !ERRORS[failure.code].retry)
    const { row } = this.#copy
    const isSame = row.title === title && (row.marks ?? []).length === marks.length
    if (isOver && isSame) this.#copy.change({ unsaved: [] })
    return isOver && isSame
  }

  ask(): Promise<ReadyEvent | 'empty' | null> {
    return askResult(this.#copy.row)
  }

  /**
   * The file is final. What is not in it stays, and so does what another page records on: a chunk that was refused lies
   * nowhere else. With an edit that the server does not have it stays for the next visit.
   */
  async discardOnceSaved(): Promise<void> {
    if (!(await this.saveEdits())) return
    const takes = this.#copy.takes.map(({ take }) => take)
    quietly(discardRecording(this.#id, takes))
  }
}
