// The bytes of a take from a place on, for as long as it grows: what is stored, then each chunk as soon as its row is
// committed. Never gives out a chunk before the one in front of it.
import { setTimeout as sleep } from 'node:timers/promises'
import { readNewestTake, readNextChunks } from '@holdfast/db'
import { isSettled } from '@holdfast/protocol'
import type { LiveBeginning, StoredTake } from './live-source.ts'

/** A viewer's delay grows by half of it on average; each waiting viewer costs two small reads of it. */
const POLL_MS = 300
/** A chunk that overtook its neighbour is a matter of one resend. What is still missing then ends the stream. */
const HOLE_MS = 5_000
/** A paused recorder sends nothing. Shorter than what a listener or a proxy allows a silent connection. */
const SILENCE_MS = 50_000
const CHUNKS_PER_READ = 32

type Followed = { readonly recordingId: string; readonly beginning: LiveBeginning }

/**
 * Ends when the recording is over, a newer take has begun, a hole or a pause lasts, or `stopping` is aborted. Whoever
 * wants more asks again and begins at the edge.
 */
export async function* liveBytes(
  source: StoredTake,
  { recordingId, beginning }: Followed,
  stopping: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { take, header } = beginning
  if (header.length > 0) yield new Uint8Array(header)
  let { seq, skip } = beginning
  const watch = new EndWatch(source, recordingId, take)
  // What was committed before the end was seen is read once more.
  for (let isOver = false; !stopping.aborted; ) {
    const of = { recordingId, take, fromSeq: seq, limit: CHUNKS_PER_READ }
    const chunks = await readNextChunks(source.db, of)
    const parts = chunks.map((chunk, n) => {
      const left = n === 0 ? skip : 0
      return { chunk, skip: left, bytes: chunk.bytes - left }
    })
    yield* source.chunks.stream(recordingId, parts)
    const last = chunks.at(-1)
    if (last) [seq, skip] = [last.seq + 1, 0]
    if (chunks.length === 0 && isOver) return
    isOver = chunks.length === 0 && (await watch.isOver(seq))
    if (chunks.length > 0) watch.renew()
    else if (!isOver) await sleep(POLL_MS, undefined, { signal: stopping }).catch(() => undefined)
  }
}

/** Whether it is worth waiting for the next chunk. */
class EndWatch {
  readonly #source: StoredTake
  readonly #recordingId: string
  readonly #take: number
  #silentSince = performance.now()

  constructor(source: StoredTake, recordingId: string, take: number) {
    this.#source = source
    this.#recordingId = recordingId
    this.#take = take
  }

  /** Something came. */
  renew(): void {
    this.#silentSince = performance.now()
  }

  /** Asked when nothing was stored under `seq`. */
  async isOver(seq: number): Promise<boolean> {
    const newest = await readNewestTake(this.#source.db, this.#recordingId)
    if (!newest || newest.isDeleted || isSettled(newest.status)) return true
    if (newest.take !== this.#take) return true
    const patienceMs = newest.maxSeq > seq ? HOLE_MS : SILENCE_MS
    return performance.now() - this.#silentSince > patienceMs
  }
}
