// Owns the draining of IndexedDB after a page is gone. It waits for the dying page's lock, and gives up
// when the page lives on after all. It sends over HTTP, by the same machine as a page.
import { listIds, readRecording, type StoredRecording } from '../buffer/local-buffer.ts'
import type { TakeRow } from '../buffer/rows.ts'
import type { BufferedUpload } from '../session/buffered-upload.ts'
import { ifFree, whileOwning } from '../session/ownership.ts'
import { startDrain } from '../session/start-drain.ts'
import { plainTimer } from '../session/timer.ts'
import { type KeptChunk, keepHandedOver } from './handed-over.ts'
import type { WorkerMessage } from './worker-messages.ts'

/** A page that still holds its lock by then did not die. */
const LOCK_LIMIT_MS = 30_000

type DrainMessage = Extract<WorkerMessage, { type: 'holdfast:drain' }>

/** The drain of one dead page's recording. The page may say farewell again while it waits or runs. */
class Inheritance {
  readonly #message: DrainMessage
  readonly #handed: KeptChunk[] = []
  #upload: BufferedUpload | null = null

  constructor(message: DrainMessage) {
    this.#message = message
  }

  add(kept: readonly KeptChunk[]): void {
    this.#handed.push(...kept)
    if (this.#upload) addAll(this.#upload, kept)
  }

  /** Resolves when everything is sent, or when the page turned out to live. */
  async drain(): Promise<void> {
    const { id } = this.#message.row
    try {
      await whileOwning(id, AbortSignal.timeout(LOCK_LIMIT_MS), () => this.#send(id))
    } catch (error) {
      if (!(error instanceof DOMException)) throw error
    }
  }

  async #send(id: string): Promise<void> {
    const stored = await readRecording(id).catch(() => null)
    const upload = startWorkerDrain(stored ?? this.#fromMessage())
    this.#upload = upload
    addAll(upload, this.#handed)
    await upload.finished
  }

  /** Without a buffer what was handed over is all there is. */
  #fromMessage(): StoredRecording {
    const { row, takes } = this.#message
    return { row, takes: takes.map(emptyTake), pending: new Map() }
  }
}

const inheritances = new Map<string, Inheritance>()

/** Stores what a dying page handed over, then sends everything of its recording. Resolves when all is sent. */
export async function drainHandedOver(message: DrainMessage): Promise<void> {
  const { id } = message.row
  const kept = await keepHandedOver(message)
  const known = inheritances.get(id)
  const inheritance = known ?? new Inheritance(message)
  inheritance.add(kept)
  if (known) return
  inheritances.set(id, inheritance)
  await inheritance.drain()
  inheritances.delete(id)
}

/** Sends every recording that nobody owns. Resolves when all of them are sent or refused. */
export async function drainAll(): Promise<void> {
  const ids = await listIds()
  await Promise.all(ids.map((id) => ifFree(id, () => drainStored(id))))
}

async function drainStored(id: string): Promise<void> {
  const stored = await readRecording(id)
  if (stored) await startWorkerDrain(stored).finished
}

function startWorkerDrain(stored: StoredRecording): BufferedUpload {
  return startDrain(stored, { rungs: ['http'], timer: plainTimer() })
}

function addAll(upload: BufferedUpload, kept: readonly KeptChunk[]): void {
  for (const { take, seq, chunk, where } of kept) {
    upload.addLate(take, seq, where === 'memory' ? chunk : undefined)
  }
}

/** A counted chunk that is not here is taken for acked: count none that did not come. */
function emptyTake(take: TakeRow): TakeRow {
  return { ...take, chunks: 0 }
}
