// What happens when somebody came upon stored bytes that are not what was acknowledged: those chunks are settled at once,
// then the whole recording is read, since damage seldom comes alone. One look at a recording at a time, and one that waits
// for it, however many ask.
import { isDatabaseAway } from '@holdfast/db'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import { isUnreadable } from './sound-bytes.ts'
import {
  type Findings,
  type VerifyDeps,
  type VerifyOptions,
  type VerifyReport,
  verifyBytes,
  verifyRecording,
} from './verify-recording.ts'

export type VerifierOptions = VerifyDeps & {
  /** Drops what is held in memory of where a recording's bytes lie. */
  forget: (recordingId: string) => void
  log: Log
  metrics: Metrics
}

export class Verifier {
  readonly #options: VerifierOptions
  readonly #stopping = new AbortController()
  readonly #running = new Map<string, Promise<void>>()
  /** Looks that have not begun: more of the same recording joins them. */
  readonly #next = new Map<string, { named: Uint8Array[]; done: Promise<void> }>()

  constructor(options: VerifierOptions) {
    this.#options = options
  }

  /** Breaks off what runs: it is found again. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    const waiting = [...this.#next.values()].map(({ done }) => done)
    await Promise.allSettled([...this.#running.values(), ...waiting])
  }

  /**
   * Somebody could not read something of this recording. Resolves when all of it was read since, and mended or marked; never
   * rejects.
   * @param sha256 of what could not be read, where that is known
   */
  async suspect(recordingId: string, sha256?: Uint8Array): Promise<void> {
    const named = sha256 ? [sha256] : []
    const next = this.#next.get(recordingId)
    if (next) {
      // A look that has begun may be past it already; one that waits is not.
      next.named.push(...named)
      return await next.done
    }
    const before = this.#running.get(recordingId) ?? Promise.resolve()
    const look = { named, done: before.then(() => this.#begin(recordingId, named)) }
    this.#next.set(recordingId, look)
    return await look.done
  }

  #begin(recordingId: string, named: readonly Uint8Array[]): Promise<void> {
    this.#next.delete(recordingId)
    const running = this.#look(recordingId, named).finally(() => {
      if (this.#running.get(recordingId) === running) this.#running.delete(recordingId)
    })
    this.#running.set(recordingId, running)
    return running
  }

  /** Does `work`, which reads of this recording, and looks into it when that could not be read. @throws what `work` throws */
  async watch<T>(recordingId: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (isUnreadable(error)) void this.suspect(recordingId)
      throw error
    }
  }

  /** Reads a recording, mends and marks, and says what came of it. @throws as `verifyRecording` */
  async verify(recordingId: string, options: Omit<VerifyOptions, 'mark'>): Promise<VerifyReport> {
    const report = await verifyRecording(this.#options, recordingId, { ...options, mark: true })
    this.#tell(recordingId, report)
    return report
  }

  async #look(recordingId: string, named: readonly Uint8Array[]): Promise<void> {
    const { log } = this.#options
    const { signal } = this.#stopping
    try {
      for (const sha256 of named) {
        signal.throwIfAborted()
        this.#tell(recordingId, await verifyBytes(this.#options, recordingId, sha256))
      }
      await this.verify(recordingId, { signal })
    } catch (error) {
      if (signal.aborted || isDatabaseAway(error)) return
      log.error({ recordingId, error }, 'damaged bytes could not be looked into')
    }
  }

  #tell(recordingId: string, findings: Findings): void {
    const { forget, log, metrics } = this.#options
    const counts = {
      marked: findings.damaged.length,
      recovered: findings.recovered.length,
      returned: findings.returned.length,
      unreadable: findings.unreadable.length,
    }
    if (Object.values(counts).every((count) => count === 0)) return
    forget(recordingId)
    for (const [outcome, count] of Object.entries(counts)) {
      metrics.damageFound.inc({ outcome }, count)
    }
    const chunks = findings.damaged.slice(0, 20).map(({ take, seq }) => `${take}/${seq}`)
    log.error({ recordingId, ...counts, chunks }, 'stored bytes are damaged')
  }
}
