// Reads out of a bucket with few and large requests: whoever reads on is read ahead for, the further the longer it goes on.
// All readers together hold a bounded number of bytes that nobody asked for yet.
import { HoldfastError } from '@holdfast/protocol'
import type { S3Client } from './s3-client.ts'
import { isStatus, S3Error } from './s3-error.ts'
import { type Span, SpanPlan, type Wanted } from './spans.ts'

const MiB = 1024 * 1024

/** The first request, so that a player begins soon and one that jumps about wastes little. */
const FIRST_BYTES = MiB / 2
/** One request, and what is read ahead of one reader. */
const MAX_BYTES = 4 * MiB
/** Of a recording that was not compacted each request brings little. */
const MAX_REQUESTS = 8
/** What one piece holds. */
const PIECE_BYTES = 256 * 1024

type Piece = Uint8Array<ArrayBuffer>
type Loading = { readonly span: Span; readonly body: Promise<Piece> }

export class S3Reader {
  readonly #client: S3Client
  #spareBytes: number

  /** @param aheadBytes what may be held ahead of all readers together. @default 128 MiB */
  constructor(client: S3Client, aheadBytes: number = 128 * MiB) {
    this.#client = client
    this.#spareBytes = aheadBytes
  }

  /** @throws HoldfastError `bytes_damaged`, `store_failed` */
  async read({ key, offset, bytes }: Wanted): Promise<Piece> {
    if (bytes === 0) return new Uint8Array(0)
    return await this.#load({ key, from: offset, to: offset + bytes, cuts: [] })
  }

  /**
   * One after another, in pieces of bounded size. Ending it early gives up every request.
   * @throws HoldfastError as `read`
   */
  async *stream(wanted: Iterable<Wanted>): AsyncGenerator<Piece, void, undefined> {
    for await (const { bytes } of this.#cuts(wanted)) {
      for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
        yield bytes.subarray(at, Math.min(bytes.length, at + PIECE_BYTES))
      }
    }
  }

  /** The same, each whole. */
  async *readEach(wanted: Iterable<Wanted>): AsyncGenerator<Piece, void, undefined> {
    let parts: Piece[] = []
    for await (const { bytes, isLast } of this.#cuts(wanted)) {
      parts.push(bytes)
      if (!isLast) continue
      const [only] = parts
      yield only && parts.length === 1 ? only : Buffer.concat(parts)
      parts = []
    }
  }

  async *#cuts(wanted: Iterable<Wanted>): AsyncGenerator<{ bytes: Piece; isLast: boolean }> {
    const left = new AbortController()
    const queue = new ReadQueue(new SpanPlan(wanted), {
      load: (span) => this.#load(span, left.signal),
      reserve: (bytes) => this.#reserve(bytes),
      release: (bytes) => this.#release(bytes),
    })
    try {
      for (let next = queue.next(); next; next = queue.next()) {
        const { from, cuts } = next.span
        const body = await next.body
        queue.readAhead()
        for (const { start, end, isLast } of cuts) {
          yield { bytes: body.subarray(start - from, end - from), isLast }
        }
      }
    } finally {
      left.abort()
      queue.end()
    }
  }

  async #load({ key, from, to }: Span, signal?: AbortSignal): Promise<Piece> {
    if (to === from) return new Uint8Array(0)
    // 206 alone will do: a store that ignores the range would send the whole object.
    const range = { range: `bytes=${from}-${to - 1}` }
    const ask = {
      method: 'GET',
      key,
      headers: range,
      status: 206,
      ...(signal && { signal }),
    } as const
    try {
      const { body } = await this.#client.send(ask)
      if (body.length === to - from) return body
      throw new HoldfastError('bytes_damaged', { message: 'The object ends before these bytes.' })
    } catch (error) {
      throw signal?.aborted ? error : readFailure(error)
    }
  }

  #reserve(bytes: number): boolean {
    if (bytes > this.#spareBytes) return false
    this.#spareBytes -= bytes
    return true
  }

  #release(bytes: number): void {
    this.#spareBytes += bytes
  }
}

export function readFailure(cause: unknown): HoldfastError {
  if (cause instanceof HoldfastError) return cause
  const isMissing = isStatus(cause, 404) && cause.code !== 'NoSuchBucket'
  const isShort = isStatus(cause, 416)
  return new HoldfastError(isMissing || isShort ? 'bytes_damaged' : 'store_failed', {
    cause,
    ...(cause instanceof S3Error && { details: { s3: cause.code } }),
  })
}

type Seams = {
  load: (span: Span) => Promise<Piece>
  /** Whether so much may be held ahead. */
  reserve: (bytes: number) => boolean
  release: (bytes: number) => void
}

/** The requests of one reader that are under way, in the order in which their bytes are wanted. */
class ReadQueue {
  readonly #plan: SpanPlan
  readonly #seams: Seams
  readonly #loading: Loading[] = []
  #ahead = FIRST_BYTES
  #aheadBytes = 0

  constructor(plan: SpanPlan, seams: Seams) {
    this.#plan = plan
    this.#seams = seams
  }

  next(): Loading | null {
    const first = this.#loading.shift()
    if (!first) return this.#begin(this.#ahead)
    this.#giveBack(first.span)
    return first
  }

  /** Called when bytes have come: whoever took some will want the next. */
  readAhead(): void {
    this.#ahead = Math.min(MAX_BYTES, 2 * this.#ahead)
    while (this.#loading.length < MAX_REQUESTS) {
      const room = this.#ahead - this.#aheadBytes
      // A little room would cut a small object in two.
      if (room < FIRST_BYTES || !this.#seams.reserve(room)) return
      const next = this.#begin(room)
      const bytes = next ? bytesOf(next.span) : 0
      this.#seams.release(room - bytes)
      if (!next) return
      this.#aheadBytes += bytes
      this.#loading.push(next)
    }
  }

  end(): void {
    for (const { span } of this.#loading.splice(0)) this.#giveBack(span)
  }

  #giveBack(span: Span): void {
    this.#aheadBytes -= bytesOf(span)
    this.#seams.release(bytesOf(span))
  }

  #begin(maxBytes: number): Loading | null {
    const span = this.#plan.next(maxBytes)
    if (!span) return null
    const body = this.#seams.load(span)
    // Nobody may be waiting for it yet, or ever.
    body.catch(() => undefined)
    return { span, body }
  }
}

const bytesOf = ({ from, to }: Span): number => to - from
