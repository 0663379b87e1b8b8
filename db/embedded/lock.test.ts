// One server per data folder, whoever starts the second and whatever a crash left behind.
import { execFileSync, spawn } from 'node:child_process'
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'
import { expect, onTestFinished, test, vi } from 'vitest'
import {
  isError,
  isReady,
  isRunning,
  launch,
  startStranger,
  temporaryFolder,
} from './fixtures/launched.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './index.ts'

async function start(dataDir: string): Promise<EmbeddedPostgres> {
  const database = await startEmbeddedPostgres({ dataDir })
  onTestFinished(() => database.stop())
  return database
}

async function select1(database: Pick<EmbeddedPostgres, 'connection'>): Promise<unknown> {
  const sql = postgres({ ...database.connection, max: 1 })
  const rows = await sql`select 1 as one`
  await sql.end()
  return rows[0]?.one
}

test('a second launcher is told which process has which folder, and the first is unharmed', async () => {
  const dataDir = await temporaryFolder()
  const first = await start(dataDir)
  const { error } = await launch(dataDir).line(isError)
  expect(error?.code).toBe('database_locked')
  expect(error?.message).toContain(`in use by process ${process.pid}.`)
  expect(error?.message).toContain(dataDir)
  expect(await select1(first)).toBe(1)
})

test('a second start in the same process is refused too', async () => {
  const dataDir = await temporaryFolder()
  const first = await start(dataDir)
  await expect(start(dataDir)).rejects.toMatchObject({ code: 'database_locked' })
  expect(await select1(first)).toBe(1)
})

test('of two first starts at the same moment one runs and the other is refused', async () => {
  const dataDir = await temporaryFolder()
  const both = [launch(dataDir), launch(dataDir, { runtime: 'node' })]
  const lines = await Promise.all(
    both.map((it) => it.line((line) => isReady(line) || isError(line))),
  )
  expect(lines.map((line) => line.error?.code ?? 'ready').sort()).toEqual([
    'database_locked',
    'ready',
  ])
})

test('the folder is free again once the server is stopped', async () => {
  const dataDir = await temporaryFolder()
  const first = await startEmbeddedPostgres({ dataDir })
  await first.stop()
  await first.stop()
  expect(await select1(await start(dataDir))).toBe(1)
})

/** As after a power cut: no process is left, but postmaster.pid is. */
async function crash(dataDir: string): Promise<string> {
  const launched = launch(dataDir)
  const { pid = 0 } = await launched.line(isReady)
  process.kill(pid, 'SIGKILL')
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 10_000, interval: 10 })
  await launched.kill('SIGKILL')
  return join(dataDir, '18/postmaster.pid')
}

test('a stale postmaster.pid whose number is now another program does not stop the start', async () => {
  const dataDir = await temporaryFolder()
  const file = await crash(dataDir)
  const stranger = await startStranger()
  await writeFile(file, (await readFile(file, 'utf8')).replace(/^\d+/, String(stranger)))
  expect(await select1(await start(dataDir))).toBe(1)
  expect(isRunning(stranger)).toBe(true)
})

test('a postmaster.pid that a power cut left empty does not stop the start', async () => {
  const dataDir = await temporaryFolder()
  const file = await crash(dataDir)
  await writeFile(file, '')
  await utimes(file, 1, 1)
  expect(await select1(await start(dataDir))).toBe(1)
})

test('an empty or broken launcher.json is ignored', async () => {
  const dataDir = await temporaryFolder()
  await crash(dataDir)
  await writeFile(join(dataDir, 'launcher.json'), '')
  expect(await select1(await start(dataDir))).toBe(1)
})

test('an orphan that its launcher could not take along is stopped, and its rows are there', async () => {
  const dataDir = await temporaryFolder()
  const launched = launch(dataDir, { task: 'write' })
  const { pid = 0 } = await launched.line(isReady)
  await launched.line((line) => (line.acked ?? 0) >= 20)
  // Stopped processes keep the death signal pending: the server outlives its launcher for a while.
  process.kill(pid, 'SIGSTOP')
  await launched.kill('SIGKILL')
  expect(isRunning(pid)).toBe(true)
  const starting = start(dataDir)
  process.kill(pid, 'SIGCONT')
  const database = await starting
  expect(isRunning(pid)).toBe(false)
  const sql = postgres({ ...database.connection, max: 1 })
  const rows = await sql`select count(*)::int as n from acked`
  await sql.end()
  expect(rows[0]?.n).toBeGreaterThanOrEqual(20)
})

test('a server that somebody started by hand is named and left alone', async () => {
  const dataDir = await temporaryFolder()
  const first = await startEmbeddedPostgres({ dataDir })
  const args = (await readFile(`/proc/${first.pid}/cmdline`, 'utf8')).split('\0').slice(0, -1)
  await first.stop()
  const ns = ['--user', '--map-user=65534', '--map-group=65534', '--']
  const byHand = spawn('unshare', [...ns, ...args], { stdio: 'ignore' })
  onTestFinished(() => {
    byHand.kill('SIGKILL')
  })
  const pidFile = join(dataDir, '18/postmaster.pid')
  await vi.waitFor(async () => expect(await readFile(pidFile, 'utf8')).toContain('ready'), {
    timeout: 10_000,
    interval: 10,
  })
  await expect(start(dataDir)).rejects.toThrow(`in use by process ${byHand.pid}`)
  expect(isRunning(byHand.pid ?? 0)).toBe(true)
})

const newPids = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc']

test.skipIf(process.getuid?.() !== 0)(
  'the lock holds between containers that cannot see each other’s processes',
  { timeout: 30_000 },
  async () => {
    const dataDir = await temporaryFolder()
    const inside = launch(dataDir, { prefix: newPids })
    await inside.line(isReady)
    await expect(start(dataDir)).rejects.toThrow('of another container')
    await inside.kill('SIGKILL')
    expect(await select1(await start(dataDir))).toBe(1)
  },
)

test('nothing but the cluster, the lock and the record stays in the folder', async () => {
  const dataDir = await temporaryFolder()
  await (await start(dataDir)).stop()
  expect((await readdir(dataDir)).sort()).toEqual(['18', 'launcher.json', 'lock', 'run'])
  expect(
    execFileSync('stat', ['-c', '%a', join(dataDir, 'run')])
      .toString()
      .trim(),
  ).toBe('700')
})
