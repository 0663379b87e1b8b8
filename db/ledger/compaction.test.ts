import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newChunk, TestLedger } from '../../test/support/ledger.ts'
import {
  type CompactionClaim,
  claimCompaction,
  postponeCompaction,
  queueCompactions,
  renewCompaction,
} from './claim-compaction.ts'
import { type ChunkMove, commitCompaction, moveChunks } from './commit-compaction.ts'
import { commitFinish } from './commit-finish.ts'
import { deleteRecording } from './delete-recording.ts'
import { claimPurges, purgeRows } from './purge-recording.ts'
import { findPlaces, findUnknownChunks, readChunkPlaces } from './read-chunk-places.ts'
import { claimRemovals, markRemoved, readRetired } from './retired-segments.ts'

const LEASE_MS = 60_000
let ledger: TestLedger

beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())
beforeEach(async () => {
  await ledger.sql`update recordings set compacted_generation = generation`
  await ledger.sql`delete from jobs`
})

const sha256 = (body: string) => createHash('sha256').update(body).digest()

/** A recording that has been ready for a day: chunks 0 and 1 in a.seg, 2 in b.seg. */
async function settled(): Promise<string> {
  const id = await ledger.recording()
  await ledger.commit(newChunk(id, 0), newChunk(id, 1), newChunk(id, 2, { segment: 'b.seg' }))
  await commitFinish(ledger.db, id, { takes: [{ take: 0, chunks: 3 }], reason: 'user' })
  await ledger.sql`
    insert into versions (recording_id, version, epoch, generation, status, reason, bytes, gaps,
      header, etag, created_at)
    values (${id}, 1, 1, 3, 'ready', 'stop', 1, '[]', '', 'e', now() - interval '1 day')`
  await ledger.sql`
    update recordings set version = 1, status = 'ready', finalized_generation = generation
    where id = ${id}`
  await ledger.ageAll(id, 86_400_000)
  return id
}

const queue = (afterMs = 3_600_000) => queueCompactions(ledger.db, { afterMs, limit: 100 })

async function claimed(): Promise<CompactionClaim> {
  await settled()
  await queue()
  const claim = await claimCompaction(ledger.db, LEASE_MS)
  if (!claim) throw new Error('nothing is due')
  return claim
}

const at = (seq: number): ChunkMove => ({
  take: 0,
  seq,
  sha256: sha256(`chunk 0/${seq}`),
  from: { segment: seq === 2 ? 'b.seg' : 'a.seg', offset: 52 + seq * 152 },
  offset: 1000 + seq,
})
const sources = [
  { segment: 'a.seg', bytes: 10 },
  { segment: 'b.seg', bytes: 20 },
]
const whole = { object: 'o.seg', moves: [0, 1, 2].map(at) }
const commit = (claim: CompactionClaim, move = whole, keepMs = 0) =>
  commitCompaction(ledger.db, claim, { move, sources, keepMs })

const placesOf = async (id: string) =>
  (await ledger.chunkRows(id)).map(({ segment, offset }) => `${segment} ${offset}`)

describe('a recording', () => {
  test('is due once it has been settled for a while, and only once', async () => {
    await settled()
    expect(await queue(2 * 86_400_000)).toBe(0)
    expect(await queue()).toBe(1)
    expect(await queue()).toBe(0)
  })

  test('is not due while it is recorded, deleted, or has work to do', async () => {
    const [live, gone, late] = [await ledger.recording(), await settled(), await settled()]
    await ledger.store(live, [0])
    await deleteRecording(ledger.db, gone, 30_000)
    await ledger.store(late, [3])
    await ledger.ageAll(late, 86_400_000)
    expect(await queue()).toBe(0)
  })

  test('is due again after a late chunk, and not without one', async () => {
    const claim = await claimed()
    expect(await commit(claim)).toHaveLength(2)
    expect(await queue()).toBe(0)
    await ledger.commit(newChunk(claim.recordingId, 3, { segment: 'c.seg' }))
    await ledger.sql`update recordings set finalized_generation = generation where version > 0`
    await ledger.ageAll(claim.recordingId, 86_400_000)
    expect(await queue()).toBe(1)
    const next = await claimCompaction(ledger.db, LEASE_MS)
    expect(next?.recordingId).toBe(claim.recordingId)
    // Whoever had the job before does not have this one.
    expect(await renewCompaction(ledger.db, claim, LEASE_MS)).toBe(false)
    expect(await commit(claim)).toBeNull()
  })

  test('whose chunk came between queue and claim is left alone', async () => {
    const id = await settled()
    await queue()
    await ledger.store(id, [3])
    expect(await claimCompaction(ledger.db, LEASE_MS)).toBeNull()
  })
})

describe('the lease', () => {
  test('goes to one instance, and to the next when it ran out', async () => {
    const claim = await claimed()
    expect(await claimCompaction(ledger.db, LEASE_MS)).toBeNull()
    expect(await renewCompaction(ledger.db, claim, LEASE_MS)).toBe(true)
    await ledger.sql`update jobs set lease_until = now() - interval '1 s'`
    const next = await claimCompaction(ledger.db, LEASE_MS)
    expect(next).toMatchObject({ epoch: claim.epoch + 1, attempt: 2 })
    expect(await renewCompaction(ledger.db, claim, LEASE_MS)).toBe(false)
  })

  test('I3: whoever lost it moves nothing', async () => {
    const claim = await claimed()
    await ledger.sql`update jobs set lease_epoch = lease_epoch + 1`
    const before = await placesOf(claim.recordingId)
    expect(await moveChunks(ledger.db, claim, whole)).toBe(false)
    expect(await commit(claim)).toBeNull()
    expect(await placesOf(claim.recordingId)).toEqual(before)
    expect(await readRetired(ledger.db, claim.recordingId)).toEqual([])
  })

  test('that is given back is due later', async () => {
    const claim = await claimed()
    await postponeCompaction(ledger.db, claim, { retryMs: 60_000, error: 'no' })
    expect(await claimCompaction(ledger.db, LEASE_MS)).toBeNull()
    await ledger.sql`update jobs set run_at = now()`
    expect(await claimCompaction(ledger.db, LEASE_MS)).toMatchObject({ attempt: 2 })
  })
})

describe('the move', () => {
  test('takes rows and segments in one transaction', async () => {
    const claim = await claimed()
    const id = claim.recordingId
    expect(await commit(claim)).toEqual(['a.seg', 'b.seg'])
    expect(await placesOf(id)).toEqual(['o.seg 1000', 'o.seg 1001', 'o.seg 1002'])
    expect(await readRetired(ledger.db, id)).toEqual(sources)
    expect(await claimCompaction(ledger.db, LEASE_MS)).toBeNull()
  })

  test.each([
    ['points elsewhere by now', { from: { segment: 'a.seg', offset: 1 } }],
    ['has another sha256 than the copy', { sha256: sha256('other') }],
  ])('moves nothing when a row %s', async (_, change) => {
    const claim = await claimed()
    const before = await placesOf(claim.recordingId)
    const moves = [at(0), { ...at(1), ...change }, at(2)]
    expect(await commit(claim, { object: 'o.seg', moves })).toBeNull()
    expect(await placesOf(claim.recordingId)).toEqual(before)
  })

  test('moves nothing of a deleted recording', async () => {
    const claim = await claimed()
    await deleteRecording(ledger.db, claim.recordingId, 30_000)
    expect(await commit(claim)).toBeNull()
  })

  test('of some rows keeps the segment of the others', async () => {
    const claim = await claimed()
    expect(await commit(claim, { object: 'o.seg', moves: [at(0), at(2)] })).toEqual(['b.seg'])
  })
})

describe('I1: a chunk that was appended to a segment which is retired meanwhile', () => {
  test('is refused, and stored when it comes in another segment', async () => {
    const claim = await claimed()
    const id = claim.recordingId
    await commit(claim)
    const late = newChunk(id, 3, { segment: 'a.seg', offset: 9000 })
    expect(await ledger.commit(late, newChunk(id, 4, { segment: 'c.seg' }))).toEqual([
      'retired',
      'stored',
    ])
    expect(await ledger.commit({ ...late, segment: 'c.seg' })).toEqual(['stored'])
  })

  test('at the same moment is either refused or keeps its segment', async () => {
    for (let round = 0; round < 8; round++) {
      const claim = await claimed()
      const id = claim.recordingId
      const chunk = newChunk(id, 3, { segment: 'a.seg', offset: 9000 })
      await ledger.meet<unknown>(id, [() => ledger.commit(chunk), () => commit(claim)])
      const retired = (await readRetired(ledger.db, id)).map(({ segment }) => segment)
      const places = await ledger.chunkRows(id)
      expect(places.filter((row) => retired.includes(row.segment))).toEqual([])
    }
  })
})

describe('a retired segment', () => {
  test('is removed when its time has come, by one instance at a time', async () => {
    const claim = await claimed()
    await ledger.sql`delete from retired_segments`
    await commit(claim, whole, 60_000)
    const due = () => claimRemovals(ledger.db, { leaseMs: 60_000, limit: 10 })
    expect(await due()).toEqual([])
    await ledger.sql`update retired_segments set remove_at = now()`
    const [a, b] = await Promise.all([due(), due()])
    expect([...a, ...b].map(({ segment }) => segment).sort()).toEqual(['a.seg', 'b.seg'])
    for (const removal of [...a, ...b]) await markRemoved(ledger.db, removal)
    await ledger.sql`update retired_segments set remove_at = now()`
    expect(await due()).toEqual([])
    expect(await ledger.commit(newChunk(claim.recordingId, 9))).toEqual(['retired'])
  })

  test('goes with its recording, and so does the job', async () => {
    const claim = await claimed()
    await commit(claim)
    await deleteRecording(ledger.db, claim.recordingId, 0)
    for (const purge of await claimPurges(ledger.db, { undoMs: 0, leaseMs: 1, limit: 100 })) {
      await purgeRows(ledger.db, purge)
    }
    expect(await readRetired(ledger.db, claim.recordingId)).toEqual([])
    expect(await ledger.sql`select 1 from jobs`).toHaveLength(0)
  })
})

test('places are read in order over many pages, without damaged ones', async () => {
  const id = await ledger.recording([0, 1])
  const body = (take: number) =>
    Array.from({ length: 1500 }, (_, seq) => newChunk(id, seq, { take, bytes: 1 }))
  await ledger.commit(...body(0), ...body(1))
  await ledger.sql`
    update chunks set damaged_at = now() where recording_id = ${id} and take = 0 and seq = 7`
  const names: string[] = []
  for await (const { take, seq } of readChunkPlaces(ledger.db, id)) names.push(`${take}/${seq}`)
  expect(names).toHaveLength(2999)
  expect(names.slice(5, 8)).toEqual(['0/5', '0/6', '0/8'])
  expect(names.at(-1)).toBe('1/1499')
})

test('bytes are found by what they are, and those that no row holds are named', async () => {
  const id = await ledger.recording()
  await ledger.store(id, [0, 1])
  const name = (seq: number, body: string) => ({ take: 0, seq, sha256: sha256(body) })
  const asked = [name(0, 'chunk 0/0'), name(1, 'other'), name(5, 'chunk 0/5')]
  expect(await findUnknownChunks(ledger.db, id, asked)).toEqual([1, 2])
  const found = await findPlaces(ledger.db, id, sha256('chunk 0/1'))
  expect(found).toMatchObject([{ take: 0, seq: 1, segment: 'a.seg', offset: 204 }])
  expect(await findPlaces(ledger.db, id, sha256('nothing'))).toEqual([])
})
