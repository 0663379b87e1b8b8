// R13: the database is gone and only the store is left. What the segments say makes a ledger that is the one before, row by
// row, and the same files, wherever they lie.
import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { connectDatabase, type DatabaseClient } from '@holdfast/db'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BYTE_PLACES, type BytePlace } from '../support/byte-place.ts'
import { loadTake } from '../support/corpus.ts'
import { runHoldfast } from '../support/holdfast-command.ts'
import { ledgerViolations, storeViolations } from '../support/invariants.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { type ServerProcess, startServer } from '../support/server.ts'
import { alignSlices } from '../support/take-pipeline.ts'
import { waitFor } from '../support/wait-for.ts'
import { urlOf } from '../support/wire-bed.ts'
import { bearer, type Made, WireHttp, WireSocket } from '../support/wire-client.ts'
import { chunk, finish, noise, take } from '../support/wire-frames.ts'

type Sql = DatabaseClient['sql']

const { slices, mimeType } = loadTake('webm-vp8-opus-ts1000-30s')
const aligned = alignSlices(slices, 30_000)
const ENV = { HOLDFAST_GRACE_MS: '2000', HOLDFAST_SWEEP_MS: '200', HOLDFAST_COMPACT_AFTER_MS: '1' }

let before: TestDatabase
let after: TestDatabase
let server: ServerProcess
let place: BytePlace

async function send(made: Made, ...frames: [Uint8Array<ArrayBuffer>, string][]): Promise<void> {
  const socket = await WireSocket.greet(server.url, made)
  for (const [frame] of frames) socket.send(frame)
  await socket.until(...frames.map(([, answer]) => answer))
  socket.close()
}

const head = (n = 0): [Uint8Array<ArrayBuffer>, string] => [
  take(n, { mimeType, init: aligned.init }),
  `take ${n}`,
]
const piece = (seq: number, n = 0): [Uint8Array<ArrayBuffer>, string] => [
  chunk(seq, aligned.chunks[seq]?.bytes ?? new Uint8Array(0), { flags: 1, take: n }),
  `ack ${n}/${seq}`,
]
const stop = (...totals: number[]): [Uint8Array<ArrayBuffer>, string] => [finish(totals), 'finish']

/** Every way in which a recording can have come to lie there. */
async function recordAll(http: WireHttp): Promise<Record<string, Made>> {
  const words = { title: 'Ünïcode', metadata: { a: [1, null] }, group: 'g', tokenMayDelete: true }
  const whole = await http.create(words)
  await send(whole, head(), piece(0), piece(1), piece(2), stop(3))
  const holed = await http.create()
  await send(holed, head(), piece(0), piece(2))
  const takes = await http.create()
  await send(takes, head(), piece(0), piece(1), head(1), piece(0, 1), piece(1, 1), stop(2, 2))
  const raw = await http.create()
  for (const [seq, slice] of slices.slice(0, 4).entries()) {
    await http.put(raw, { take: 0, seq }, slice, { 'Content-Type': mimeType })
  }
  const revoked = await http.create()
  await send(revoked, head(), piece(0), piece(1), stop(2))
  await send(revoked, piece(2))
  const disputed = await http.create()
  await send(disputed, head(), piece(0), piece(1), stop(2))
  await send(disputed, [chunk(1, noise(500, 1)), 'nack 0/1 chunk_conflict'])
  await send(disputed, [chunk(1, noise(600, 2)), 'nack 0/1 chunk_conflict'])
  // The others lie in two segments from here on.
  await server.kill()
  await server.start()
  await send(holed, piece(4), stop(6))
  await send(whole, piece(1))
  const deleted = await http.create({ tokenMayDelete: true })
  await send(deleted, head(), piece(0), piece(1), stop(2))
  const edit = JSON.stringify({ title: 'After', marks: [{ atMs: 5, label: 'here' }] })
  const json = { 'Content-Type': 'application/json', ...bearer(takes.token) }
  await http.call('PATCH', `/api/recordings/${takes.id}`, edit, json)
  return { whole, holed, takes, raw, revoked, disputed, deleted }
}

/** Everything that segments can tell, as text. Times as META has them. */
async function ledgerOf(sql: Sql): Promise<Record<string, unknown[]>> {
  const recordings = await sql`
    select id, encode(token_hash, 'hex') as token, token_may_delete, title, metadata, group_id, owner, marks, trim,
      notify, date_trunc('milliseconds', created_at) as created_at, chunk_count, bytes, conflict_count,
      complete, finish_reason, finished_at is not null as is_stopped,
      deleted_at is not null as is_deleted from recordings order by id`
  const takes = await sql`
    select recording_id, take, mime_type, encode(init, 'hex') as init, started_at, chunk_count, bytes,
      max_seq from takes order by 1, 2`
  const chunks = await sql`
    select recording_id, take, seq, encode(sha256, 'hex') as sha256, bytes, aligned, cluster_ms, end_ms
    from chunks order by 1, 2, 3`
  const totals = await sql`select recording_id, take, declared from totals order by 1, 2`
  const conflicts = await sql`
    select recording_id, take, seq, encode(sha256, 'hex') as sha256, bytes, object
    from conflicts order by 1, 2, 3, 4`
  const all = { recordings, takes, chunks, totals, conflicts }
  return Object.fromEntries(Object.entries(all).map(([name, rows]) => [name, [...rows]]))
}

async function look<T>({ connection }: TestDatabase, work: (sql: Sql) => Promise<T>): Promise<T> {
  const client = connectDatabase(connection, { max: 2 })
  try {
    return await work(client.sql)
  } finally {
    await client.close()
  }
}

const FINAL: Record<string, string> = {
  whole: 'ready',
  holed: 'incomplete',
  takes: 'ready',
  raw: 'ready',
  revoked: 'ready',
  disputed: 'ready',
}

/** The file of each recording, once it is what it will be. */
async function hashes(http: WireHttp, all: Record<string, Made>): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const [name, status] of Object.entries(FINAL)) {
    const made = all[name] as Made
    await http.untilStatus(made, status, 1, 30_000)
    const media = await http.media(made)
    found[name] = createHash('sha256').update(media).digest('hex')
  }
  return found
}

describe.each(BYTE_PLACES)('in a %s', (_, openPlace) => {
  beforeAll(async () => {
    place = await openPlace()
    before = await createTestDatabase()
    after = await createTestDatabase()
    server = await startServer({
      env: { ...ENV, ...place.env, DATABASE_URL: urlOf(before.connection) },
    })
  })
  afterAll(async () => {
    await server.kill()
    await rm(server.dataDir, { recursive: true, force: true })
    await Promise.all([before.drop(), after.drop()])
    await place.close()
  })

  test('R13: a ledger that was lost is rebuilt from the segments alone, row by row', async () => {
    const http = new WireHttp(server.url)
    const all = await recordAll(http)
    const media = await hashes(http, all)
    await waitFor('an object', async () =>
      look(before, async (sql) => {
        const [row] = await sql`select count(*)::int as n from chunks where segment like 'object-%'`
        return Number(row?.n) > 0
      }),
    )
    const { id, token } = all.deleted as Made
    await http.call('DELETE', `/api/recordings/${id}`, null, bearer(token))
    await server.kill('SIGTERM')
    const lost = await look(before, ledgerOf)
    expect(lost.conflicts).toHaveLength(2)

    const { dataDir } = server
    const url = { DATABASE_URL: urlOf(after.connection) }
    const env = { ...ENV, ...place.env, HOLDFAST_DATA_DIR: dataDir, ...url }
    const dry = await runHoldfast(['reconcile', '--rebuild'], env)
    expect(dry).toMatchObject({ code: 1 })
    expect(await look(after, async (sql) => [...(await sql`select id from recordings`)])).toEqual(
      [],
    )
    const applied = await runHoldfast(['reconcile', '--rebuild', '--apply', '--json'], env)
    expect(applied, applied.stdout).toMatchObject({ code: 0 })
    expect(await look(after, ledgerOf)).toEqual(lost)
    expect(await look(after, ledgerViolations)).toEqual([])
    const store = await place.open(dataDir)
    expect(await look(after, (sql) => storeViolations(sql, store))).toEqual([])
    await store.close()
    const again = await runHoldfast(['reconcile', '--rebuild', '--apply'], env)
    expect(again, again.stdout).toMatchObject({ code: 0 })
    expect(again.stdout).toContain('Nothing to do')

    server = await startServer({ dataDir, env })
    const rebuilt = new WireHttp(server.url)
    expect(await hashes(rebuilt, all)).toEqual(media)
    expect((await rebuilt.view(all.deleted as Made)).status).toBe(410)
  }, 120_000)
})
