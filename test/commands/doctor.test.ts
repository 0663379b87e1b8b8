// The doctor on machines that are ill: each illness is a real one, is named, and comes with what to do. It fails (1) where the
// server would not start or would lose something, and only warns (0) where nothing is lost.
import { mkdtemp, readFile, rm, statfs, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectDatabase } from '@holdfast/db'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { FakeClock } from '../chaos/clock/fake-clock.ts'
import { Ground } from '../chaos/ground.ts'
import { missingNeed, type Need } from '../chaos/needs.ts'
import { startDatabaseWith } from '../chaos/own-database.ts'
import { run } from '../chaos/run-program.ts'
import { runHoldfast } from '../support/holdfast-command.ts'
import { createTestDatabase } from '../support/postgres.ts'
import { envOf, FakeS3, type FakeS3Options } from '../support/s3/fake-s3.ts'
import { waitFor } from '../support/wait-for.ts'
import { urlOf } from '../support/wire-bed.ts'

/** Of a file system that lies in memory. */
const TMPFS = 0x01021994

type Said = { what: string; verdict: string; found: string; advice: string | null }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-doctor-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function examine(env: Record<string, string>) {
  const HOLDFAST_DATA_DIR = join(folder, 'fresh')
  const { stdout, code } = await runHoldfast(['doctor', '--json'], { HOLDFAST_DATA_DIR, ...env })
  const checks = JSON.parse(stdout) as Said[]
  const of = (name: string, as?: string) =>
    checks.find(({ what, verdict }) => what === name && (as === undefined || verdict === as))
  return { code, of }
}

/** What it makes is undone when the test ends. */
async function openGround(): Promise<Ground> {
  const ground = await Ground.open({ broker: inject('databaseBroker'), random: Math.random })
  onTestFinished(() => ground.end())
  return ground
}

function skipWithout(needs: readonly Need[], skip: (note: string) => void): void {
  const missing = missingNeed(needs)
  if (missing === null) return
  console.warn(`SKIPPED: this machine has no ${missing}; the doctor is not asked.`)
  skip(`no ${missing}`)
}

describe('around the server', () => {
  test('says what to do about a port that another program has, and ends with 1', async () => {
    const other = createServer((_, response) => response.end('no')).listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await waitFor('the port', () => other.listening)
    const PORT = String((other.address() as AddressInfo).port)
    const { code, of } = await examine({ PORT, HOLDFAST_DATA_DIR: join(folder, 'fresh') })
    expect(of('port')).toMatchObject({ verdict: 'failure' })
    expect(of('port')?.advice).toContain('PORT')
    expect(code).toBe(1)
    // Nothing was made on the way.
    expect(of('database')).toMatchObject({ verdict: 'ok' })
    await expect(readFile(join(folder, 'fresh'))).rejects.toThrow('ENOENT')
  })

  test('warns of a Redis that does not answer and of a missing ffmpeg', async () => {
    const env = { REDIS_URL: 'redis://127.0.0.1:1', HOLDFAST_FFMPEG: 'no-such-ffmpeg', PORT: '0' }
    const { code, of } = await examine({ ...env, HOLDFAST_DATA_DIR: join(folder, 'fresh') })
    expect([of('redis'), of('ffmpeg')]).toMatchObject([
      { verdict: 'warning' },
      { verdict: 'warning' },
    ])
    expect(code).toBe(0)
  })

  test('says which setting is wrong', async () => {
    const { code, of } = await examine({ HOLDFAST_GRACE_MS: 'soon' })
    expect(of('settings')).toMatchObject({ verdict: 'failure' })
    expect(code).toBe(1)
  })
})

describe('of a database', () => {
  const examineDatabase = async (ground: Ground, ...settings: string[]) => {
    const connection = await startDatabaseWith(ground, {}, settings)
    return await examine({ DATABASE_URL: urlOf(connection), PORT: '0' })
  }

  test('that does not sync fails: acked rows could be lost', async (context) => {
    skipWithout(['root'], context.skip)
    const { code, of } = await examineDatabase(await openGround(), 'fsync=off')
    expect(of('database')).toMatchObject({ verdict: 'failure' })
    expect(of('database')?.found).toContain('fsync is off')
    expect(of('database')?.advice).toContain('turn it on')
    expect(code).toBe(1)
  })

  test('that commits before it syncs fails, also when only this database was set so', async () => {
    const database = await createTestDatabase()
    onTestFinished(() => database.drop())
    const { connection, name } = database
    const client = connectDatabase(connection, { max: 1 })
    await client.sql.unsafe(`alter database ${name} set synchronous_commit = off`)
    await client.close()
    const { code, of } = await examine({ DATABASE_URL: urlOf(connection), PORT: '0' })
    expect(of('database')).toMatchObject({ verdict: 'failure' })
    expect(of('database')?.found).toContain('synchronous_commit is off')
    expect(code).toBe(1)
  })

  test('that writes no full pages is warned of: only some disks need none', async (context) => {
    skipWithout(['root'], context.skip)
    const { code, of } = await examineDatabase(await openGround(), 'full_page_writes=off')
    expect(of('pages')).toMatchObject({ verdict: 'warning' })
    expect(of('pages')?.advice).toContain('Turn full_page_writes on')
    expect(of('database')).toMatchObject({ verdict: 'ok' })
    expect(code).toBe(0)
  })

  test('whose clock is another one than ours is warned of, and told that nothing is lost', async (context) => {
    skipWithout(['faketime'], context.skip)
    const clock = await FakeClock.make(await openGround())
    await clock.jump('+1h')
    const database = await createTestDatabase()
    onTestFinished(() => database.drop())
    const url = { DATABASE_URL: urlOf(database.connection), PORT: '0' }
    const { code, of } = await examine({ ...clock.env, ...url })
    expect(of('clock')).toMatchObject({ verdict: 'warning' })
    expect(Number.parseInt(of('clock')?.found ?? '', 10)).toBeGreaterThan(3_590_000)
    expect(of('clock')?.found).toContain('behind')
    expect(of('clock')?.advice).toContain('NTP')
    expect(code).toBe(0)
    expect((await examine(url)).of('clock')).toMatchObject({ verdict: 'ok' })
  })
})

describe('of a bucket', () => {
  const examineBucket = async (options: FakeS3Options, env: Record<string, string> = {}) => {
    const fake = await FakeS3.listen(options)
    onTestFinished(() => fake.close())
    return await examine({ ...envOf(fake), PORT: '0', ...env })
  }

  test('that does all of it is content', async () => {
    const { code, of } = await examineBucket({})
    expect(of('store')).toMatchObject({ verdict: 'ok' })
    expect(code).toBe(0)
  })

  type Illness = { is: string; fake?: FakeS3Options; env?: Record<string, string>; named: string }

  test.each<Illness & { advice: string }>([
    {
      is: 'without conditional PUT',
      fake: { ignoresIfNoneMatch: true },
      named: 'If-None-Match',
      advice: 'another one',
    },
    {
      is: 'with a wrong key',
      env: { AWS_ACCESS_KEY_ID: 'other' },
      named: 'AWS_ACCESS_KEY_ID',
      advice: 'keys',
    },
    {
      is: 'with a wrong secret',
      env: { AWS_SECRET_ACCESS_KEY: 'other' },
      named: 'AWS_SECRET_ACCESS_KEY',
      advice: 'keys',
    },
    {
      is: 'that nobody answers for',
      env: { HOLDFAST_STORE: 's3://recordings?endpoint=http://127.0.0.1:1&region=eu-test-1' },
      named: 'endpoint=',
      advice: 'endpoint=',
    },
  ])('$is fails', async ({ fake = {}, env = {}, named, advice }) => {
    const { code, of } = await examineBucket(fake, env)
    expect(of('store')).toMatchObject({ verdict: 'failure' })
    expect(of('store')?.found).toContain(named)
    expect(of('store')?.advice).toContain(advice)
    expect(code).toBe(1)
  })

  test('that keeps versions is warned of: what is deleted stays', async () => {
    const { code, of } = await examineBucket({ isVersioned: true })
    expect(of('store', 'warning')?.found).toContain('versions')
    expect(code).toBe(0)
  })
})

describe('of a disk', () => {
  test('that is full to its last byte fails twice: no room, and no write', async (context) => {
    skipWithout(['root', 'tmpfs'], context.skip)
    const disk = await mkdtemp(join(folder, 'disk-'))
    await run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk)
    onTestFinished(() => void run('umount', disk))
    const fill = writeFile(join(disk, 'filler'), new Uint8Array(2 * 1024 * 1024))
    await expect(fill).rejects.toThrow('ENOSPC')
    const { code, of } = await examine({ HOLDFAST_STORE: `file:${disk}`, PORT: '0' })
    expect(of('disk')).toMatchObject({ verdict: 'failure' })
    expect(of('disk')?.advice).toContain('Free space')
    expect(of('sync')).toMatchObject({ verdict: 'failure' })
    expect(of('sync')?.found).toContain('ENOSPC')
    expect(code).toBe(1)
  })

  test('that syncs is believed', async (context) => {
    const { type } = await statfs(folder)
    if (type === TMPFS) {
      console.warn('SKIPPED: the temporary folder is no disk; the doctor is not asked.')
      context.skip('no disk')
    }
    const { of } = await examine({ HOLDFAST_STORE: `file:${folder}`, PORT: '0' })
    expect(of('sync')).toMatchObject({ verdict: 'ok' })
  })

  test('whose syncs cost nothing is not believed', async (context) => {
    skipWithout(['eatmydata'], context.skip)
    const preload = await run('eatmydata', 'sh', '-c', 'echo "$LD_PRELOAD"')
    const env = { HOLDFAST_STORE: `file:${folder}`, PORT: '0', LD_PRELOAD: preload }
    const { code, of } = await examine(env)
    expect(of('sync')).toMatchObject({ verdict: 'warning' })
    expect(of('sync')?.advice).toContain('eatmydata')
    expect(code).toBe(0)
  })
})
