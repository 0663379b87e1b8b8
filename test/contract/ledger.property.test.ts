// The same words to both ledgers, whatever they are: the same answers, the same rows, and every change of status is one that
// the table of protocol/recording-state.ts allows.
import type { Claim, CommitOutcome } from '@holdfast/db'
import { type RecordingEvent, type RecordingStatus, TRANSITIONS } from '@holdfast/protocol'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newChunk, newResult, TIMING } from '../support/ledger.ts'
import { type OpenBed, openPostgresBed, openSimulatedBed } from '../support/ledger-beds.ts'
import { LedgerCase } from './ledger.ts'

const FEW = { take: fc.nat(1), seq: fc.nat(4), body: fc.constantFrom('one', 'one', 'one', 'two') }

/** What can be said to a ledger about one recording. */
const word = fc.oneof(
  fc.record({ say: fc.constant('announce' as const), take: FEW.take }),
  {
    arbitrary: fc.record({
      say: fc.constant('chunks' as const),
      chunks: fc.array(fc.record(FEW), { minLength: 1, maxLength: 4 }),
    }),
    weight: 4,
  },
  {
    arbitrary: fc.record({
      say: fc.constant('finish' as const),
      totals: fc.array(fc.nat(5), { minLength: 1, maxLength: 2 }),
    }),
    weight: 2,
  },
  fc.record({ say: fc.constant('resume' as const) }),
  fc.record({ say: fc.constant('touch' as const) }),
  fc.record({ say: fc.constant('fail' as const) }),
  { arbitrary: fc.record({ say: fc.constantFrom('silence' as const) }), weight: 2 },
  { arbitrary: fc.record({ say: fc.constantFrom('claim' as const) }), weight: 3 },
  fc.record({ say: fc.constantFrom('endLease' as const) }),
  {
    arbitrary: fc.record({
      say: fc.constant('commit' as const),
      status: fc.constantFrom('ready' as const, 'incomplete' as const),
      etag: fc.constantFrom('e1', 'e2'),
      isOld: fc.boolean(),
    }),
    weight: 3,
  },
)

type Word = typeof word extends fc.Arbitrary<infer T> ? T : never

/** One recording in one ledger, and the claims that somebody took. */
class Teller {
  readonly on: LedgerCase
  readonly id: string
  readonly #claims: Claim[] = []

  constructor(on: LedgerCase, id: string) {
    this.on = on
    this.id = id
  }

  /** What the ledger answered, and what that was for the status; null = nothing. */
  async tell(said: Word): Promise<{ answer: unknown; event: RecordingEvent | null }> {
    const { on, id } = this
    const quiet = (answer: unknown) => ({ answer, event: null })
    switch (said.say) {
      case 'announce':
        return quiet(await on.announce(id, said.take))
      case 'chunks': {
        const batch = said.chunks.map(({ take, seq, body }) =>
          newChunk(id, seq, { take, body: `${body} ${take}/${seq}` }),
        )
        const answer = await on.commit(...batch)
        if (!answer.includes('stored')) return quiet(answer)
        const { finishedAt } = await on.row(id)
        return { answer, event: finishedAt ? 'lateChunk' : 'chunk' }
      }
      case 'finish':
        return quiet(await on.finish(id, said.totals))
      case 'resume':
        return quiet(await on.ledger.resumeRecording(on.db, id))
      case 'touch':
        return quiet(await on.ledger.touchRecordings(on.db, [id]))
      case 'silence':
        await on.upAndBeating()
        return quiet(
          await on.bed.age(
            id,
            60_000,
            'created_at',
            'last_seen_at',
            'last_chunk_at',
            'finished_at',
          ),
        )
      case 'endLease':
        return quiet(await on.bed.age(id, 1_000, 'lease_until'))
      default:
        return await this.#finalize(said)
    }
  }

  async #finalize(said: Extract<Word, { say: 'claim' | 'commit' | 'fail' }>) {
    const { on, id } = this
    if (said.say === 'claim') {
      const claim = (await on.claims()).find((one) => one.id === id)
      if (claim) this.#claims.push(claim)
      const answer = claim && { epoch: claim.epoch, version: claim.version }
      return { answer, event: claim ? ('claim' as const) : null }
    }
    const isOld = said.say === 'commit' && said.isOld
    const claim = this.#claims.at(isOld ? -2 : -1)
    if (!claim) return { answer: null, event: null }
    if (said.say === 'fail') {
      const failure = { claim, code: 'x', message: 'y', retryMs: 0 }
      const answer = await on.ledger.failFinalization(on.db, failure)
      return { answer, event: answer ? ('fail' as const) : null }
    }
    const { status, etag } = said
    const isEmpty = (await on.row(id)).chunkCount === 0
    const result = isEmpty ? null : newResult({ status, etag })
    const answer = await on.ledger.commitVersion(on.db, {
      ...{ claim, result, timing: TIMING, by: 'sweeper' as const },
    })
    return { answer, event: EVENTS[answer.outcome](status) }
  }
}

const ofStatus = (status: 'ready' | 'incomplete'): RecordingEvent =>
  status === 'ready' ? 'commitReady' : 'commitIncomplete'

type ToEvent = (status: 'ready' | 'incomplete') => RecordingEvent | null

const EVENTS: Record<CommitOutcome['outcome'], ToEvent> = {
  committed: ofStatus,
  unchanged: ofStatus,
  empty: () => 'commitEmpty',
  alive: () => 'release',
  lost: () => null,
}

/** All of a row that both must agree on; numbers of generations may be left out by one. */
async function rowOf({ on, id }: Teller) {
  const row = await on.row(id)
  const { status, version, reason, complete, chunkCount, bytes, leaseEpoch, attempts } = row
  const missing = [...(await on.ledger.readMissing(on.db, id, 100))]
  return {
    ...{ status, version, reason, complete, chunkCount, bytes, leaseEpoch, attempts, missing },
    isStopped: row.finishedAt !== null,
    isPending: row.generation !== row.finalizedGeneration,
    totals: (await on.ledger.readTotals(on.db, id)).takes,
    have: [...(await on.ledger.readHave(on.db, id, 100))],
  }
}

let postgres: OpenBed
let simulated: OpenBed
beforeAll(async () => {
  postgres = await openPostgresBed()
  simulated = openSimulatedBed()
})
afterAll(() => postgres.close())

it('both ledgers answer alike, and move as the table of states allows', async () => {
  const words = fc.array(word, { minLength: 5, maxLength: 25 })
  await fc.assert(
    fc.asyncProperty(words, async (said) => {
      const tellers = await Promise.all(
        [postgres, simulated].map(async (bed) => {
          const on = new LedgerCase(bed)
          await on.upAndBeating()
          return new Teller(on, await on.recording())
        }),
      )
      let status: RecordingStatus = 'recording'
      for (const one of said) {
        const [real, other] = await Promise.all(tellers.map((teller) => teller.tell(one)))
        expect(other, one.say).toEqual(real)
        const [row, otherRow] = await Promise.all(tellers.map(rowOf))
        expect(otherRow, one.say).toEqual(row)
        const event = real?.event ?? null
        const next: RecordingStatus = (event && TRANSITIONS[status][event]) ?? status
        expect(row?.status, `${status} after ${one.say}`).toBe(next)
        status = next
      }
    }),
    { numRuns: 30 },
  )
}, 120_000)
