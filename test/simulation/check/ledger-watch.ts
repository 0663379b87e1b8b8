// Looks at every transaction as it commits, with rules of its own: they share no code with the ledger that they judge.
import { world } from '../engine/scheduler.ts'
import type { Committed, Database } from '../ledger/database.ts'
import type { Recording, VersionRow } from '../ledger/tables.ts'
import { GAP_MS, GRACE_MS, SWEEP_MS } from '../world/settings.ts'
import { checkGaps } from './gaps.ts'
import type { Witness } from './witness.ts'

/** Until a sign of life that an instance heard must be committed: one round under way, one of its own, the line. */
const COMMITTED_AFTER_MS = 3 * SWEEP_MS

export class LedgerWatch {
  readonly #database: Database
  readonly #witness: Witness
  /** When each recording last showed life in a transaction. */
  readonly #signs = new Map<string, number>()
  readonly #versions = new Map<string, string[]>()
  readonly #totals = new Map<string, Map<number, number>>()
  #lastBeatAt = 0
  #upSince = 0

  constructor(database: Database, witness: Witness) {
    this.#database = database
    this.#witness = witness
  }

  see({ name, given, result }: Committed): void {
    const { now } = world()
    if (name === 'beat') this.#beat(now)
    if (name === 'touchRecordings') for (const id of given[0] as string[]) this.#signs.set(id, now)
    if (name === 'commitChunks') this.#chunks(given[0] as { recordingId: string }[], result)
    if (name === 'announceTake') this.#take(given[0] as { recordingId: string })
    if (name === 'commitFinish') this.#finish(given[0] as string, given[1] as { takes: Total[] })
    if (name === 'resumeRecording') this.#resumed(given[0] as string)
    if (name === 'commitVersion') this.#version((given[0] as { claim: { id: string } }).claim.id)
  }

  #recording(id: string): Recording | undefined {
    return this.#database.tables.recordings.get(id)
  }

  #beat(now: number): void {
    if (now - this.#lastBeatAt > GAP_MS) this.#upSince = now
    this.#lastBeatAt = now
  }

  #chunks(batch: readonly { recordingId: string }[], result: unknown): void {
    const { outcomes } = result as { outcomes: string[] }
    for (const [at, { recordingId }] of batch.entries()) {
      if (outcomes[at] !== 'stored' && outcomes[at] !== 'duplicate') continue
      this.#signs.set(recordingId, world().now)
      this.#forgetRevoked(recordingId)
    }
  }

  #take({ recordingId }: { recordingId: string }): void {
    this.#signs.set(recordingId, world().now)
    this.#forgetRevoked(recordingId)
  }

  #resumed(id: string): void {
    this.#signs.set(id, world().now)
    this.#forgetRevoked(id)
  }

  #forgetRevoked(id: string): void {
    if (this.#recording(id)?.row.finishedAt === null) this.#totals.delete(id)
  }

  /** I10: a total is never lowered while a FINISH stands, whatever is said. */
  #finish(id: string, { takes }: { takes: readonly Total[] }): void {
    const recording = this.#recording(id)
    if (!recording) return
    this.#signs.set(id, world().now)
    const before = this.#totals.get(id) ?? new Map<number, number>()
    for (const { take, chunks } of takes) before.set(take, Math.max(before.get(take) ?? 0, chunks))
    this.#totals.set(id, before)
    for (const [take, most] of before) {
      if ((recording.totals.get(take) ?? 0) >= most) continue
      world().fail(`I10: …${id.slice(-4)} take ${take} was said to have ${most} chunks`)
    }
  }

  #version(id: string): void {
    const recording = this.#recording(id)
    if (!recording) return
    const { versions, row } = recording
    const known = this.#versions.get(id) ?? []
    const now = versions.map((one) => JSON.stringify(identity(one)))
    for (const [at, text] of known.entries()) {
      if (now[at] !== text) world().fail(`I2: version ${at + 1} of …${id.slice(-4)} has changed`)
    }
    this.#versions.set(id, now)
    const made = versions.at(-1)
    if (!made || now.length === known.length) return
    world().trace(
      'ledger',
      `…${id.slice(-4)} version ${made.version} ${made.status} by ${made.reason}`,
    )
    this.#checkNew(recording, made, versions.at(-2))
    checkGaps(recording, made)
    if (made.reason === 'disconnect') this.#checkSilence(id)
    if (row.finishedAt && !row.complete) this.#checkQuiet(recording)
  }

  #checkNew({ row, versions }: Recording, made: VersionRow, before: VersionRow | undefined): void {
    const who = `version ${made.version} of …${row.id.slice(-4)}`
    if (made.version !== versions.length) world().fail(`I2: ${who} is not the next one`)
    if (before && before.generation >= made.generation) {
      world().fail(`I2: ${who} is of no newer generation than the one before`)
    }
    if (made.epoch !== row.leaseEpoch || (before && before.epoch >= made.epoch)) {
      world().fail(`I3: ${who} was committed by an epoch that had lost its lease`)
    }
    if (made.generation !== row.generation)
      world().fail(`I5: ${who} leaves out what came meanwhile`)
  }

  /** I5: nobody who showed signs of life is taken for dead; our own outages count for nobody. */
  #checkSilence(id: string): void {
    const { now } = world()
    const signs = this.#witness.signsOf(id)
    const since = Math.max(this.#signs.get(id) ?? 0, this.#upSince)
    if (now - since < GRACE_MS - 1) {
      world().fail(
        `I5: …${id.slice(-4)} was finalized ${Math.round(now - since)} ms after a sign of life`,
      )
    }
    const missed = signs.some(({ at, instance }) => {
      const isRecent = at > now - GRACE_MS && at < now - COMMITTED_AFTER_MS
      return isRecent && instance.wasWellSince(at)
    })
    if (missed)
      world().fail(`I5: …${id.slice(-4)} was finalized although it was heard all the time`)
  }

  #checkQuiet({ row }: Recording): void {
    const quietMs =
      this.#database.tables.now -
      Math.max(row.lastChunkAt?.getTime() ?? 0, row.finishedAt?.getTime() ?? 0)
    if (quietMs < GRACE_MS - 1)
      world().fail(`I5: …${row.id.slice(-4)} was finalized before its rest could come`)
  }
}

type Total = { readonly take: number; readonly chunks: number }

const identity = ({ header, ...row }: VersionRow) => ({ ...row, header: header.length })
