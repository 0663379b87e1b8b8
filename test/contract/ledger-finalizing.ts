// The part of a ledger's contract that is about silence, leases, versions and compaction.
import { expect } from 'vitest'
import { withClockAhead } from '../support/clock-ahead.ts'
import { newChunk, TIMING } from '../support/ledger.ts'
import type { LedgerRule } from './ledger.ts'

const HOUR_MS = 3_600_000

export const FINALIZING_RULES: readonly LedgerRule[] = [
  {
    title: 'I6: silence past the grace time is due, a sign of life is not',
    holds: async (on) => {
      await on.upAndBeating()
      const [dead, alive] = [await on.recording(), await on.recording()]
      for (const id of [dead, alive]) await on.silence(id)
      await on.ledger.touchRecordings(on.db, [alive])
      expect(await on.isDue(dead)).toBe(true)
      expect((await on.row(alive)).status).toBe('recording')
    },
  },
  {
    title: 'I6: a stop with holes waits for its rest; a whole one is due at once',
    holds: async (on) => {
      await on.upAndBeating()
      const [holed, whole] = [await on.recording(), await on.recording()]
      await on.store(holed, [0])
      await on.finish(holed, [2])
      await on.finish(whole, [])
      const due = (await on.claims()).map(({ id }) => id)
      expect([due.includes(holed), due.includes(whole)]).toEqual([false, true])
      await on.bed.age(holed, 60_000, 'last_chunk_at', 'finished_at')
      expect(await on.isDue(holed)).toBe(true)
    },
  },
  {
    title:
      'I5: grace counts from the end of our own outage, and nobody is judged while we do not beat',
    holds: async (on) => {
      const id = await on.recording()
      await on.silence(id)
      await on.bed.setUptime({ upMs: 1_000, beatMs: 0 })
      expect(await on.isDue(id)).toBe(false)
      await on.bed.setUptime({ upMs: HOUR_MS, beatMs: TIMING.gapMs + 60_000 })
      expect(await on.isDue(id)).toBe(false)
      await on.upAndBeating()
      expect(await on.isDue(id)).toBe(true)
    },
  },
  {
    title: 'I5: a beat after a gap ends an outage, a fenced instance beats no more',
    holds: async (on) => {
      const id = await on.recording()
      await on.silence(id)
      await on.bed.setUptime({ upMs: HOUR_MS, beatMs: TIMING.gapMs + 60_000 })
      expect(await on.ledger.beat(on.db, 'one', TIMING.gapMs)).toBe(true)
      expect(await on.isDue(id)).toBe(false)
      await on.ledger.endIncarnation(on.db, 'one')
      expect(await on.ledger.beat(on.db, 'one', TIMING.gapMs)).toBe(false)
    },
  },
  {
    title:
      'the clock is the database’s: an instance whose clock is an hour ahead finalizes nobody early',
    holds: async (on) => {
      await on.upAndBeating()
      const id = await on.recording()
      const due = await withClockAhead(HOUR_MS, () => on.isDue(id))
      expect(due).toBe(false)
      expect((await on.row(id)).status).toBe('recording')
    },
  },
  {
    title: 'I3: a lease is held until it ends, and its next holder has another epoch',
    holds: async (on) => {
      await on.upAndBeating()
      const id = await on.recording()
      await on.silence(id)
      const first = await on.claim(id)
      expect(await on.isDue(id)).toBe(false)
      expect(await on.ledger.renewLease(on.db, first, TIMING.leaseMs)).toBe(true)
      await on.bed.age(id, 1_000, 'lease_until')
      const second = await on.claim(id)
      expect(second.epoch).toBe(first.epoch + 1)
      expect(await on.ledger.renewLease(on.db, first, TIMING.leaseMs)).toBe(false)
    },
  },
  {
    title: 'I3: whoever lost the lease commits nothing, and fails nothing',
    holds: async (on) => {
      await on.upAndBeating()
      const id = await on.recording()
      await on.store(id, [0])
      await on.silence(id)
      const first = await on.claim(id)
      await on.bed.age(id, 1_000, 'lease_until')
      const second = await on.claim(id)
      expect(await on.commitVersion(first)).toEqual({ outcome: 'lost' })
      const failure = { code: 'x', message: 'y', retryMs: 1_000 }
      expect(await on.ledger.failFinalization(on.db, { claim: first, ...failure })).toBe(false)
      const made = { outcome: 'committed', version: 1, reason: 'disconnect' }
      expect(await on.commitVersion(second)).toEqual(made)
      expect(await on.commitVersion(second)).toEqual({ outcome: 'lost' })
    },
  },
  {
    title: 'I5: a sign of life, and a chunk, between claim and commit keep it alive',
    holds: async (on) => {
      await on.upAndBeating()
      const [touched, grown] = [await on.recording(), await on.recording()]
      for (const id of [touched, grown]) {
        await on.store(id, [0])
        await on.silence(id)
      }
      const claims = await on.claims()
      const of = (id: string) => claims.find((claim) => claim.id === id)
      await on.ledger.touchRecordings(on.db, [touched])
      await on.store(grown, [1])
      for (const id of [touched, grown]) {
        const claim = of(id)
        if (!claim) throw new Error('not claimed')
        expect(['alive', 'lost']).toContain((await on.commitVersion(claim)).outcome)
        expect(await on.row(id)).toMatchObject({ status: 'recording', version: 0 })
      }
    },
  },
  {
    title: 'I7: a late chunk makes the next version; the same result again makes none',
    holds: async (on) => {
      const id = await on.ready()
      expect(await on.row(id)).toMatchObject({ status: 'ready', version: 1, reason: 'stop' })
      await on.store(id, [2])
      expect((await on.row(id)).status).toBe('recording')
      await on.silence(id)
      const gaps = [{ take: 0, fromSeq: 5, toSeq: 6, fromMs: null, toMs: null }]
      const parts = { etag: 'e2', status: 'incomplete', gaps } as const
      const made = await on.commitVersion(await on.claim(id), parts)
      expect(made).toMatchObject({ outcome: 'committed', version: 2 })
      expect(await on.row(id)).toMatchObject({ status: 'incomplete', version: 2 })
      expect(await on.ledger.readReadyEvent(on.db, id)).toMatchObject({ version: 2, gaps })
      expect(await on.isDue(id)).toBe(false)
      const again = await on.ledger.claimOne(on.db, TIMING, id)
      if (!again) throw new Error('not claimed')
      const unchanged = await on.commitVersion(again, parts, 'admin')
      expect(unchanged).toEqual({ outcome: 'unchanged', version: 2 })
    },
  },
  {
    title: 'nothing stored ends as empty, and a chunk makes it alive again',
    holds: async (on) => {
      await on.upAndBeating()
      const id = await on.recording()
      await on.silence(id)
      expect(await on.commitVersion(await on.claim(id), null)).toEqual({ outcome: 'empty' })
      expect((await on.row(id)).status).toBe('empty')
      await on.store(id, [0])
      expect(await on.row(id)).toMatchObject({ status: 'recording', version: 0 })
    },
  },
  {
    title: 'a finalization that failed is tried again when its pause is over',
    holds: async (on) => {
      await on.upAndBeating()
      const id = await on.recording()
      await on.silence(id)
      const claim = await on.claim(id)
      const failure = { claim, code: 'x', message: 'y', retryMs: 60_000 }
      expect(await on.ledger.failFinalization(on.db, failure)).toBe(true)
      expect(await on.ledger.readAttempts(on.db, id)).toBe(1)
      expect((await on.row(id)).status).toBe('failed')
      expect(await on.isDue(id)).toBe(false)
      await on.store(id, [0])
      await on.silence(id)
      expect(await on.isDue(id)).toBe(true)
    },
  },
  {
    title:
      'I4: rows move only from where they were read, and nothing is committed into a replaced segment',
    holds: async (on) => {
      const id = await on.ready()
      await on.bed.age(id, 60_000, 'last_chunk_at')
      await on.ledger.queueCompactions(on.db, { afterMs: 0, limit: 10 })
      const claim = await on.claimCompaction(id)
      const moves = [0, 1].map((seq) => {
        const { segment, offset, sha256 } = newChunk(id, seq)
        return { take: 0, seq, sha256, from: { segment, offset }, offset: 52 + seq * 152 }
      })
      const move = { object: 'object-x-0.seg', moves }
      const sources = [{ segment: 'a.seg', bytes: 304 }]
      const moved = await on.ledger.commitCompaction(on.db, claim, { move, sources, keepMs: 0 })
      expect(moved).toEqual(['a.seg'])
      expect([...(await on.ledger.readSegmentsInUse(on.db, id)).keys()]).toEqual([move.object])
      expect(await on.store(id, [2])).toEqual(['retired'])
      expect(await on.commit(newChunk(id, 2, { segment: 'b.seg' }))).toEqual(['stored'])
      const lost = await on.ledger.commitCompaction(on.db, claim, { move, sources, keepMs: 0 })
      expect(lost).toBe(null)
    },
  },
]
