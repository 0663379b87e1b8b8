// What the command and retention do to stored bytes, wherever they lie: verified and mended, deleted and purged without a server,
// and removed when their days are over.
import { connectDatabase, type DatabaseClient } from '@holdfast/db'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BYTE_PLACES, type BytePlace } from '../support/byte-place.ts'
import { loadTake } from '../support/corpus.ts'
import { type Ended, runHoldfast } from '../support/holdfast-command.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { type ServerProcess, startServer } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'
import { urlOf } from '../support/wire-bed.ts'
import { type Made, WireHttp, WireSocket } from '../support/wire-client.ts'
import { chunk, finish, take } from '../support/wire-frames.ts'

const CHUNKS = 4
const DAMAGED = 2
const { slices, mimeType } = loadTake('webm-vp8-opus-ts1000-30s')
const ENV = {
  HOLDFAST_SWEEP_MS: '200',
  HOLDFAST_RETENTION_DAYS: '30',
  // Nobody else comes upon damage first, and nothing is moved.
  HOLDFAST_SCRUB_BYTES_PER_S: '0',
  HOLDFAST_FFMPEG: 'off',
  HOLDFAST_COMPACT_AFTER_MS: '0',
}

let place: BytePlace
let database: TestDatabase
let client: DatabaseClient
let server: ServerProcess
let http: WireHttp

async function recorded(): Promise<Made> {
  const made = await http.create()
  const socket = await WireSocket.greet(server.url, made)
  const pieces = slices.slice(0, CHUNKS).map((slice, seq) => chunk(seq, slice))
  socket.send(take(0, { mimeType }), ...pieces, finish([CHUNKS]))
  await socket.until('finish')
  socket.close()
  await http.untilStatus(made, 'ready', 1)
  return made
}

const settings = () => ({ ...ENV, ...place.env, DATABASE_URL: urlOf(database.connection) })

const holdfast = (...args: string[]): Promise<Ended> =>
  runHoldfast([...args, '--json'], { ...settings(), HOLDFAST_DATA_DIR: server.dataDir })

type Found = { kind: string; recordingId: string | null; outcome: string }

/** What `reconcile --apply` says of this recording. */
async function reconciled({ id }: Made): Promise<string[]> {
  const { stdout } = await holdfast('reconcile', '--apply')
  const { findings } = JSON.parse(stdout) as { findings: Found[] }
  const ours = findings.filter(({ recordingId }) => recordingId === id)
  return ours.map(({ kind, outcome }) => `${kind} ${outcome}`)
}

async function flip({ id }: Made, seq: number, by: number): Promise<void> {
  const [row] = await client.sql`
    select segment, "offset"::int as at from chunks where recording_id = ${id} and seq = ${seq}`
  const at = { segment: String(row?.segment), offset: Number(row?.at) + by }
  await place.flip(server.dataDir, id, at)
}

const isAnywhere = async ({ id }: Made): Promise<boolean> =>
  (await place.everything(server.dataDir)).some(({ name }) => name.includes(id))

const isPurged = async ({ id }: Made): Promise<boolean> => {
  const rows = await client.sql`
    select 1 from recordings where id = ${id} and purged_at is not null`
  return rows.length > 0
}

const age = ({ id }: Made, column: string, interval: string) =>
  client.sql`update recordings set ${client.sql(column)} = now() - ${interval}::interval where id = ${id}`

describe.each(BYTE_PLACES)('in a %s', (_, openPlace) => {
  beforeAll(async () => {
    place = await openPlace()
    database = await createTestDatabase()
    client = connectDatabase(database.connection, { max: 2 })
    server = await startServer({ env: settings() })
    http = new WireHttp(server.url)
  })
  afterAll(async () => {
    await server.stop()
    await client.close()
    await database.drop()
    await place.close()
  })

  test('`verify` reads all that is stored, finds a flipped bit, and marks it when told', async () => {
    const made = await recorded()
    const well = await holdfast('verify', made.id)
    expect(JSON.parse(well.stdout)).toMatchObject({ recordings: 1, chunks: CHUNKS, wrong: [] })
    await flip(made, DAMAGED, 7)
    const found = await holdfast('verify', '--all')
    expect(found.code).toBe(1)
    expect(JSON.parse(found.stdout)).toMatchObject({
      wrong: [{ recordingId: made.id, damaged: 1 }],
    })
    expect((await holdfast('verify', made.id, '--apply')).code).toBe(1)
    const view = await http.untilStatus(made, 'incomplete', 2)
    expect(view.gaps).toMatchObject([{ fromSeq: DAMAGED, toSeq: DAMAGED }])
  })

  test('`verify --apply` writes the head of a chunk anew, and nobody misses anything', async () => {
    const made = await recorded()
    const before = await http.media(made)
    // The take, in the frame's own head: 52 bytes lie in front of a chunk.
    await flip(made, DAMAGED, -52 + 7)
    expect((await holdfast('verify', made.id)).code).toBe(1)
    for (const apply of [['--apply'], []]) {
      const { stdout, code } = await holdfast('verify', made.id, ...apply)
      expect(JSON.parse(stdout)).toMatchObject({ chunks: apply.length > 0 ? CHUNKS - 1 : CHUNKS })
      expect([JSON.parse(stdout).wrong, code]).toEqual([[], 0])
    }
    expect(await http.media(made)).toEqual(before)
  })

  test('`delete` and `reconcile --apply` leave no byte, also while no server runs', async () => {
    const made = await recorded()
    await server.kill('SIGTERM')
    expect((await holdfast('delete', made.id)).code).toBe(0)
    expect(await reconciled(made)).toEqual([])
    expect(await isAnywhere(made)).toBe(true)
    await age(made, 'deleted_at', '10 minutes')
    expect(await reconciled(made)).toEqual(['overdue_purge mended'])
    expect(await isAnywhere(made)).toBe(false)
    await server.start()
    expect((await http.view(made)).status).toBe(410)
  })

  test('`reconcile --apply` removes what is left of a purged recording', async () => {
    const made = await recorded()
    await age(made, 'deleted_at', '1 hour')
    await waitFor('the purge', () => isPurged(made), { timeoutMs: 60_000 })
    // A writer that slept wakes up, and stores once more.
    const store = await place.open(server.dataDir)
    await store.appendRecord(made.id, {
      kind: 'deleted',
      at: '2026-01-01T00:00:00Z',
      deleted: true,
    })
    await store.close()
    expect(await isAnywhere(made)).toBe(true)
    expect(await reconciled(made)).toContain('purged_bytes mended')
    expect(await isAnywhere(made)).toBe(false)
  })

  test('retention removes what is too old, and nothing else', async () => {
    const [old, young] = [await recorded(), await recorded()]
    for (const column of ['created_at', 'last_chunk_at']) await age(old, column, '31 days')
    // Asked at the start, and then every ten minutes.
    await server.restart()
    await waitFor('the deletion', async () => (await http.view(old)).status === 410)
    await age(old, 'deleted_at', '31 s')
    await waitFor('the purge', () => isPurged(old), { timeoutMs: 60_000 })
    expect(await isAnywhere(old)).toBe(false)
    expect((await http.view(young)).body).toMatchObject({ status: 'ready' })
    expect(await isAnywhere(young)).toBe(true)
  })
})
