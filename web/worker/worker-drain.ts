// Owns the draining of IndexedDB after a page is gone. It waits for the dying page's lock, and gives up
// when the page lives on after all. It sends over HTTP, by the same machine as a page. One drain for each
// recording: a message, a sync event and a second message about it may come in any order.
import { listIds, readRecording, type StoredRecording } from '../buffer/local-buffer.ts'
import type { TakeRow } from '../buffer/rows.ts'
import { placeTake } from '../buffer/take-place.ts'
import { startDrain } from '../sender/start-drain.ts'
import { plainTimer } from '../sender/timer.ts'
import type { BufferedUpload } from '../session/buffered-upload.ts'
import { ifFree, whileOwning } from '../session/ownership.ts'
import { type KeptChunk, keepHandedOver } from './handed-over.ts'
import type { WorkerMessage } from './worker-messages.ts'

/** A page that still holds its lock by then did not die. */
const LOCK_LIMIT_MS = 30_000

type DrainMessage = Extract<WorkerMessage, { type: 'holdfast:drain' }>

class WorkerDrain {
  /** Whether it came to own the recording, once that is over. */
  readonly done: Promise<boolean>
  readonly #id: string
  readonly #handed: KeptChunk[] = []
  readonly #quit = new AbortController()
  #upload: BufferedUpload | null = null

  /** @param message from a dying page, whose lock is waited for; null = only if nobody owns it now */
  constructor(id: string, message: DrainMessage | null) {
    this.#id = id
    this.done = message ? this.#inherit(message) : ifFree(id, () => this.#send(null))
  }

  /** Chunks that were kept meanwhile. */
  add(kept: readonly KeptChunk[]): void {
    this.#handed.push(...kept)
    if (this.#upload) addAll(this.#upload, kept)
  }

  /** Stops; what is unsent stays stored. What no disk took is nowhere else: it is sent first. */
  end(): void {
    if (!isOnDisk(this.#handed)) return
    this.#quit.abort()
    this.#upload?.end()
  }

  async #inherit(message: DrainMessage): Promise<boolean> {
    try {
      const limit = AbortSignal.any([AbortSignal.timeout(LOCK_LIMIT_MS), this.#quit.signal])
      await whileOwning(this.#id, limit, () => this.#send(message))
      return true
    } catch (error) {
      if (!(error instanceof DOMException)) throw error
      return false
    }
  }

  async #send(message: DrainMessage | null): Promise<void> {
    const stored = await readRecording(this.#id).catch(() => (message ? handedOnly(message) : null))
    // The page lived long enough to send everything itself, or this worker stood down meanwhile.
    if (!stored || this.#quit.signal.aborted) return
    this.#upload = startDrain(stored, { rungs: ['http'], timer: plainTimer() })
    addAll(this.#upload, this.#handed)
    await this.#upload.finished
  }
}

const drains = new Map<string, WorkerDrain>()
/** Another version takes over, and drains everything once it has: nothing new is begun here. */
let isStandingDown = false

/** Stores what a dying page handed over, then sends everything of its recording. Resolves when all is sent. */
export async function drainHandedOver(message: DrainMessage): Promise<void> {
  const { id } = message.row
  const kept = await keepHandedOver(message)
  for (let known = drains.get(id); known; known = drains.get(id)) {
    known.add(kept)
    if (await known.done) return
  }
  await drain(id, message, kept)
}

/** Sends every recording that nobody owns. Resolves when all of them are sent or refused. */
export async function drainAll(): Promise<void> {
  const ids = await listIds()
  await Promise.all(ids.map((id) => drains.get(id)?.done ?? drain(id, null, [])))
}

/** Makes way for a page that is open. */
export function letGo(id: string): void {
  drains.get(id)?.end()
}

/** Makes way for another version of the worker, which the browser holds back while this one has work. */
export function standDown(): void {
  isStandingDown = true
  for (const one of drains.values()) one.end()
}

async function drain(
  id: string,
  message: DrainMessage | null,
  kept: readonly KeptChunk[],
): Promise<void> {
  if (isStandingDown && isOnDisk(kept)) return
  const one = new WorkerDrain(id, message)
  drains.set(id, one)
  one.add(kept)
  try {
    await one.done
  } finally {
    drains.delete(id)
  }
}

function isOnDisk(kept: readonly KeptChunk[]): boolean {
  return kept.every(({ where }) => where === 'disk')
}

/** Without a buffer what was handed over is all there is. A counted chunk that is not here counts as acked. */
function handedOnly({ row, takes }: DrainMessage): StoredRecording {
  const uncounted = takes.map((take): TakeRow => ({ ...take, chunks: 0 }))
  return { row, takes: uncounted, pending: new Map(), refused: [] }
}

/** Chunks that came to light late. One that no disk took lies nowhere else. */
function addAll(upload: BufferedUpload, kept: readonly KeptChunk[]): void {
  const { copy } = upload
  for (const { take: late, seq, chunk, where } of kept) {
    const row = placeTake(late, copy.takes)
    copy.setTake(row)
    if (where === 'memory') copy.addMemory({ take: row.take, seq, chunk })
    upload.dispatch({ type: 'captured', take: row.take, seq })
  }
}
