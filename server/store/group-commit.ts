// All queues before the disk: one appender per recording that has frames waiting, and a gate that bounds the
// flushes which run at once.
import type { Frame } from '@holdfast/protocol'
import { Appender } from './appender.ts'
import type { StoredAt } from './chunk-store.ts'
import { FlushGate } from './flush-gate.ts'

type Write = (recordingId: string, parts: Uint8Array[]) => Promise<StoredAt>

export class GroupCommit {
  readonly #gate: FlushGate
  readonly #write: Write
  readonly #appenders = new Map<string, Appender>()

  /** @param write never called twice at once for one recording */
  constructor(maxFlushes: number, write: Write) {
    this.#gate = new FlushGate(maxFlushes)
    this.#write = write
  }

  append(recordingId: string, frame: Frame): Promise<StoredAt> {
    const appender = this.#appenders.get(recordingId) ?? this.#start(recordingId)
    return appender.append(frame)
  }

  /** Runs other disk work in its turn among the flushes. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#gate.run(work)
  }

  refuseWaiting(recordingId: string, error: unknown): void {
    this.#appenders.get(recordingId)?.refuseWaiting(error)
  }

  /** Resolves when nothing of this recording waits. */
  async settle(recordingId: string): Promise<void> {
    await this.#appenders.get(recordingId)?.settle()
  }

  async settleAll(): Promise<void> {
    await Promise.all([...this.#appenders.values()].map((appender) => appender.settle()))
  }

  #start(recordingId: string): Appender {
    const appender = new Appender({
      inTurn: (flush) => this.#gate.run(flush),
      write: (parts) => this.#write(recordingId, parts),
      idle: () => this.#appenders.delete(recordingId),
    })
    this.#appenders.set(recordingId, appender)
    return appender
  }
}
