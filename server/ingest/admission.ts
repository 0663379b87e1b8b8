// Who may send to a recording: the one door of every transport. Tokens are compared as hashes in constant
// time; an unknown recording and a wrong token are told apart only because ids cannot be guessed.
import { createHash, timingSafeEqual } from 'node:crypto'
import { type Db, openRecording } from '@holdfast/db'
import { HoldfastError, isRecordingId } from '@holdfast/protocol'
import { LiveRecording } from './live-recording.ts'

/** sha256 of a recording's token, as the ledger keeps it. */
export function hashToken(token: string): Uint8Array {
  return createHash('sha256').update(token).digest()
}

export class Admission {
  readonly #db: Db
  readonly #live = new Map<string, LiveRecording>()

  constructor(db: Db) {
    this.#db = db
  }

  /**
   * Admits one session or request; give it back with `leave`.
   * @throws HoldfastError `recording_unknown`, `token_invalid`, `recording_deleted`, `unavailable`
   */
  async enter(id: string, token: string | null): Promise<LiveRecording> {
    if (!isRecordingId(id)) throw new HoldfastError('recording_unknown')
    if (token === null) throw new HoldfastError('token_invalid')
    const row = await this.#open(id)
    if (!row) throw new HoldfastError('recording_unknown')
    if (!timingSafeEqual(row.tokenHash, hashToken(token))) throw new HoldfastError('token_invalid')
    if (row.deletedAt) throw new HoldfastError('recording_deleted')
    const live = this.#live.get(id) ?? new LiveRecording(row)
    live.refresh(row)
    this.#live.set(id, live)
    live.users += 1
    return live
  }

  leave(live: LiveRecording): void {
    live.users -= 1
    if (live.users === 0) this.#live.delete(live.id)
  }

  /** Recordings that have sent a chunk of which nothing was decided yet. */
  *waiting(): Iterable<string> {
    for (const { id, inFlight } of this.#live.values()) if (inFlight.size > 0) yield id
  }

  async #open(id: string): ReturnType<typeof openRecording> {
    try {
      return await openRecording(this.#db, id)
    } catch (cause) {
      throw new HoldfastError('unavailable', { cause })
    }
  }
}
