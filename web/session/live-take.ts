// Owns one take between the recorder and the buffer: slices are read and cut in order, chunks hashed and
// stored in order. Until a chunk is stored it is held here, so that a dying page can hand it on (I13).

import { putChunk } from '../buffer/local-buffer.ts'
import type { ChunkRow, TakeRow } from '../buffer/rows.ts'
import { digest } from '../capture/digest.ts'
import { type Cut, type CutChunk, rawChunkCount, TakeCutter } from '../capture/take-cutter.ts'
import { atMost } from './bounded.ts'
import type { LocalErrorCode } from './recording.ts'
import { bufferTrouble } from './upload-error.ts'

/** A disk that takes longer counts as full for this chunk: it is sent from memory. */
const STORE_LIMIT_MS = 5_000
/** And is not waited for that long again, or the chunks behind would queue up. */
const SLOW_STORE_LIMIT_MS = 250

/** `ownerless`: on disk, but without the recording's row, so that no later visit would find it. */
type Kept = 'disk' | 'ownerless' | 'memory'

export interface TakeSink {
  /** The container's header is known. */
  head(take: TakeRow): void
  captured(take: number, chunk: CutChunk): void
  /** May be sent from now. `memory`: the sink must hold it until it is acked. */
  kept(take: TakeRow, kept: { seq: number; chunk: ChunkRow; where: Kept }): void
  troubled(code: LocalErrorCode): void
  /** The longest chunk that the server takes, as far as that is known by now. */
  maxChunkBytes(): number
  /** The take's number on the wire by now. */
  wireOf(take: TakeRow): number
}

/** What a dying page has of a take that is not stored. */
export type Unstored = {
  readonly take: TakeRow
  readonly chunks: readonly CutChunk[]
  /** Slices whose bytes were not read yet; they become raw chunks from `firstSeq` on. */
  readonly slices: readonly {
    readonly slice: Blob
    readonly firstSeq: number
    readonly maxBytes: number
  }[]
}

export class LiveTake {
  readonly #id: string
  readonly #sink: TakeSink
  readonly #cutter: TakeCutter
  readonly #slices = new Set<Blob>()
  readonly #unstored = new Map<number, CutChunk>()
  /** Provisional until the buffer has given the take its number. */
  #row: TakeRow
  #init: ArrayBuffer | null | undefined
  #announced = false
  #limitMs = STORE_LIMIT_MS
  #reading: Promise<void> = Promise.resolve()
  #storing: Promise<void>

  /** @param number resolves with the take's row in the buffer; must not reject */
  constructor(id: string, provisional: TakeRow, number: Promise<TakeRow>, sink: TakeSink) {
    this.#id = id
    this.#row = provisional
    this.#sink = sink
    this.#cutter = new TakeCutter(() => sink.maxChunkBytes())
    this.#storing = number.then((row) => {
      this.#row = row
    })
  }

  /** Takes a slice as the recorder gave it. */
  accept(slice: Blob): void {
    this.#slices.add(slice)
    const bytes = slice.arrayBuffer()
    this.#reading = this.#reading.then(async () => {
      try {
        this.#cut(this.#cutter.push(new Uint8Array(await bytes)))
      } catch {
        this.#sink.troubled('chunk_lost')
      } finally {
        this.#slices.delete(slice)
      }
    })
  }

  /** No slice follows: resolves when everything is stored, or held in memory by the sink. */
  async end(): Promise<void> {
    await this.#reading
    this.#cut(this.#cutter.release())
    await this.#storing
  }

  /** At page death, without waiting: hands out what is held, and numbers what is still unread. */
  release(): Unstored {
    this.#cut(this.#cutter.release())
    let seq = this.#cutter.nextSeq
    const slices = [...this.#slices].map((slice) => {
      const firstSeq = seq
      const maxBytes = this.#cutter.rawLimit
      seq += rawChunkCount(slice.size, maxBytes)
      return { slice, firstSeq, maxBytes }
    })
    const take: TakeRow = { ...this.#row, init: this.#init ?? null, chunks: seq }
    return { take, chunks: [...this.#unstored.values()], slices }
  }

  #cut({ init, chunks }: Cut): void {
    if (init !== undefined) this.#init = init ? new Uint8Array(init).buffer : null
    for (const chunk of chunks) {
      this.#unstored.set(chunk.seq, chunk)
      this.#sink.captured(this.#row.take, chunk)
      this.#storing = this.#storing.then(() => this.#store(chunk))
    }
    if (init !== undefined && chunks.length === 0) {
      this.#storing = this.#storing.then(() => this.#announce())
    }
  }

  #announce(): void {
    if (this.#announced || this.#init === undefined) return
    this.#announced = true
    this.#row = { ...this.#row, init: this.#init }
    this.#sink.head(this.#row)
  }

  async #store(chunk: CutChunk): Promise<void> {
    this.#announce()
    const { seq, bytes, endMs, aligned, clusterMs } = chunk
    this.#row = {
      ...this.#row,
      wire: this.#sink.wireOf(this.#row),
      chunks: seq + 1,
      bytes: this.#row.bytes + bytes.length,
      endMs: Math.max(this.#row.endMs, endMs ?? 0),
    }
    const row: ChunkRow = {
      bytes: bytes.buffer,
      sha256: await digest(bytes),
      aligned,
      clusterMs,
      endMs,
    }
    const where = await this.#put(seq, row)
    this.#unstored.delete(seq)
    this.#sink.kept(this.#row, { seq, chunk: row, where })
  }

  async #put(seq: number, row: ChunkRow): Promise<Kept> {
    try {
      const hasOwner = await atMost(this.#limitMs, putChunk(this.#id, this.#row, seq, row))
      this.#limitMs = STORE_LIMIT_MS
      return hasOwner ? 'disk' : 'ownerless'
    } catch (error) {
      this.#limitMs = SLOW_STORE_LIMIT_MS
      this.#sink.troubled(bufferTrouble(error))
      return 'memory'
    }
  }
}
