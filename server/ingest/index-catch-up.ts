// Indexes, a moment later, the chunks that came out of order or in a burst. Only to keep finalizing quick: what
// is not done here is done then, with the same result.
import type { IndexTail } from '../media-file/take-indexes.ts'
import type { LiveRecording } from './live-recording.ts'

type CatchUpOptions = {
  /** Fills in the missing indexes of the take; null when its end was not reached. */
  catchUp: (recordingId: string, take: number) => Promise<IndexTail | null>
  onFault: (recordingId: string, cause: unknown) => void
}

/** A burst is over by then; it also bounds how often a steady disorder costs two statements. */
const DELAY_MS = 1000

type Lag = { live: LiveRecording; take: number }

export class IndexCatchUp {
  readonly #options: CatchUpOptions
  /** Takes that fell behind, by `recording/take`. */
  #behind = new Map<string, Lag>()
  #timer: NodeJS.Timeout | null = null
  #isStopped = false

  constructor(options: CatchUpOptions) {
    this.#options = options
  }

  /** A chunk of this take was stored without an index. */
  note(live: LiveRecording, take: number): void {
    this.#behind.set(`${live.id}/${take}`, { live, take })
    if (this.#isStopped) return
    this.#timer ??= setTimeout(() => void this.#run(), DELAY_MS)
  }

  stop(): void {
    this.#isStopped = true
    if (this.#timer) clearTimeout(this.#timer)
  }

  /** One take after another: it must not compete with the chunks that arrive. */
  async #run(): Promise<void> {
    const behind = this.#behind
    this.#behind = new Map()
    for (const lag of behind.values()) await this.#catchUp(lag)
    this.#timer = null
    const [next] = this.#behind.values()
    if (next) this.note(next.live, next.take)
  }

  async #catchUp({ live, take }: Lag): Promise<void> {
    try {
      const before = live.storedCount
      const tail = await this.#options.catchUp(live.id, take)
      // Something came meanwhile: the tail may be behind it, and it was noted itself.
      const isStill = live.inFlight.size === 0 && live.storedCount === before
      if (tail && isStill) live.tails.set(take, tail)
    } catch (error) {
      this.#options.onFault(live.id, error)
    }
  }
}
