import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deleteRecording, restoreRecording } from '@holdfast/db'
import { FRAME, frame } from '@holdfast/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { FaultyDisk } from '../../test/support/faulty-disk.ts'
import { newChunk, newResult, TestLedger } from '../../test/support/ledger.ts'
import { createLog } from '../observe/log.ts'
import { createMetrics, type Metrics } from '../observe/metrics.ts'
import type { ChunkStore } from '../store/chunk-store.ts'
import { type LocalStore, openLocalStore } from '../store/local-store.ts'
import { Purger, type PurgerOptions } from './purger.ts'

const UNDO_MS = 30_000
let ledger: TestLedger
let root: string
let store: LocalStore
let metrics: Metrics

beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdfast-purge-'))
  store = await openLocalStore({ root, incarnation: 'test', disk: new FaultyDisk() })
  metrics = createMetrics({ version: 'test', runtime: 'test' })
  metrics.close()
})
afterEach(async () => {
  await store.close()
  await rm(root, { recursive: true })
})

function newPurger(parts: Partial<PurgerOptions> = {}): Purger {
  const log = createLog({ level: 'silent' })
  return new Purger({
    ...{ db: ledger.db, store, retentionDays: 0, forget: () => undefined, log, metrics },
    ...parts,
  })
}

/** A recording with three chunks in ledger and store, its words, and a version. */
async function newRecording(): Promise<string> {
  const id = await ledger.recording()
  for (const seq of [0, 1, 2]) {
    const payload = new Uint8Array(140)
    const at = await store.append(id, frame(FRAME.CHUNK, { seq, payload }))
    await ledger.commit(newChunk(id, seq, at))
  }
  await ledger.finish(id, [3])
  await ledger.sql`
    update recordings set title = 'secret', metadata = '{"a":1}', notify = '{"email":"a@b.c"}'
    where id = ${id}`
  const { etag, header } = newResult()
  await ledger.sql`
    insert into versions (recording_id, version, epoch, generation, status, reason, bytes, gaps,
      header, etag)
    values (${id}, 1, 1, 3, 'ready', 'stop', 1, '[]', ${Buffer.from(header)}, ${etag})`
  return id
}

const deleteAt = async (id: string, secondsAgo: number) => {
  await deleteRecording(ledger.db, id, UNDO_MS)
  await ledger.sql`
    update recordings set deleted_at = now() - ${secondsAgo} * interval '1 second' where id = ${id}`
}

const rowsOf = async (id: string) => {
  const [counts] = await ledger.sql`
    select (select count(*)::int from chunks where recording_id = ${id}) as chunks,
      (select count(*)::int from takes where recording_id = ${id}) as takes,
      (select count(*)::int from totals where recording_id = ${id}) as totals,
      (select count(*)::int from versions where recording_id = ${id}) as versions`
  return counts
}

it('removes bytes and rows once the deletion can no longer be undone', async () => {
  const id = await newRecording()
  await deleteAt(id, 31)
  await newPurger().sweep()
  expect(await store.segments(id)).toEqual([])
  expect(await rowsOf(id)).toEqual({ chunks: 0, takes: 0, totals: 0, versions: 0 })
  const text = await metrics.registry.metrics()
  expect(text).toContain('holdfast_cleanup_purged_total 1')
  expect(text).toContain('holdfast_cleanup_chunks_total 3')
})

it('keeps the audit: the row without its words, and the event', async () => {
  const id = await newRecording()
  await deleteAt(id, 31)
  await newPurger().sweep()
  const [row] = await ledger.sql`select * from recordings where id = ${id}`
  expect(row).toMatchObject({ title: null, metadata: null, notify: null })
  expect(row?.deleted_at).not.toBeNull()
  expect(row?.purged_at).not.toBeNull()
  const events = await ledger.sql`select type from events where recording_id = ${id}`
  expect(events.map(({ type }) => type)).toContain('deleted')
})

it('leaves alone what may still be undone, and what was never deleted', async () => {
  const [fresh, live] = [await newRecording(), await newRecording()]
  await deleteAt(fresh, 20)
  await newPurger().sweep()
  expect(await rowsOf(fresh)).toMatchObject({ chunks: 3, versions: 1 })
  expect(await rowsOf(live)).toMatchObject({ chunks: 3, versions: 1 })
  expect(await restoreRecording(ledger.db, fresh, UNDO_MS)).toBe('restored')
})

it('lets nobody restore what is being purged, whatever the clock says', async () => {
  const id = await newRecording()
  await deleteAt(id, 31)
  const duringPurge: string[] = []
  const slow = Object.create(store) as ChunkStore
  slow.purge = async (recordingId) => {
    // The undo time has not run out for this one's clock; the purge has begun all the same.
    duringPurge.push(await restoreRecording(ledger.db, id, 10 * UNDO_MS))
    return await store.purge(recordingId)
  }
  await newPurger({ store: slow }).sweep()
  expect(duringPurge).toEqual(['expired'])
  expect(await rowsOf(id)).toMatchObject({ chunks: 0 })
})

it('keeps every row until the bytes are gone, and tries again', async () => {
  const id = await newRecording()
  await deleteAt(id, 31)
  const broken = Object.create(store) as ChunkStore
  broken.purge = () => Promise.reject(new Error('the disk is away'))
  await newPurger({ store: broken }).sweep()
  expect(await rowsOf(id)).toMatchObject({ chunks: 3, versions: 1 })
  expect(await metrics.registry.metrics()).toContain('holdfast_cleanup_failures_total 1')
  // The lease of the failed try runs out.
  await ledger.sql`update recordings set lease_until = now() - interval '1 s' where id = ${id}`
  await newPurger().sweep()
  expect(await rowsOf(id)).toMatchObject({ chunks: 0 })
})

it('purges once, however many instances sweep at the same time', async () => {
  const ids = await Promise.all([newRecording(), newRecording(), newRecording()])
  for (const id of ids) await deleteAt(id, 31)
  await Promise.all([newPurger().sweep(), newPurger().sweep(), newPurger().sweep()])
  for (const id of ids) expect(await rowsOf(id)).toMatchObject({ chunks: 0 })
  expect(await metrics.registry.metrics()).toContain('holdfast_cleanup_purged_total 3')
})

it('deletes by retention what is settled and old, and nothing that still records', async () => {
  const [old, fresh, live] = [await newRecording(), await newRecording(), await newRecording()]
  await ledger.sql`update recordings set status = 'ready' where id in (${old}, ${fresh})`
  for (const id of [old, live]) {
    await ledger.sql`
      update recordings set created_at = now() - interval '8 days',
        last_chunk_at = now() - interval '8 days' where id = ${id}`
  }
  await newPurger({ retentionDays: 7 }).sweep()
  const rows = await ledger.sql`
    select id from recordings where deleted_at is not null and id in (${old}, ${fresh}, ${live})`
  expect(rows.map(({ id }) => id)).toEqual([old])
  expect(await metrics.registry.metrics()).toContain(
    'holdfast_cleanup_deleted_total{cause="retention"} 1',
  )
})

it('keeps for ever by default', async () => {
  const id = await newRecording()
  await ledger.sql`
    update recordings set status = 'ready', created_at = '2001-01-01', last_chunk_at = '2001-01-01'
    where id = ${id}`
  await newPurger().sweep()
  expect(await rowsOf(id)).toMatchObject({ chunks: 3 })
})
