// What survives when the launcher or the server is killed: every row whose commit returned.
import { readFile } from 'node:fs/promises'
import postgres from 'postgres'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  isReady,
  isRunning,
  type Launched,
  launch,
  RUNTIMES,
  temporaryFolder,
} from './fixtures/launched.ts'
import { type EmbeddedConnection, type EmbeddedPostgres, startEmbeddedPostgres } from './index.ts'

const runtimes = Object.keys(RUNTIMES) as (keyof typeof RUNTIMES)[]

async function start(dataDir: string): Promise<EmbeddedPostgres> {
  const database = await startEmbeddedPostgres({ dataDir })
  onTestFinished(() => database.stop())
  return database
}

async function readAcked(connection: EmbeddedConnection): Promise<Set<number>> {
  const sql = postgres({ ...connection, max: 1 })
  const rows = await sql<{ n: number }[]>`select n from acked`
  await sql.end()
  return new Set(rows.map((row) => row.n))
}

async function writeSome(launched: Launched): Promise<number> {
  const { pid = 0 } = await launched.line(isReady)
  await launched.line((line) => (line.acked ?? 0) >= 100)
  return pid
}

const lost = (launched: Launched, kept: Set<number>): number[] =>
  launched.lines.flatMap((line) => line.acked ?? []).filter((n) => !kept.has(n))

async function processGroup(pid: number): Promise<number> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8')
  return Number(line.slice(line.lastIndexOf(')') + 2).split(' ')[2])
}

describe.each(runtimes)('under %s', (runtime) => {
  test('the server ends with its SIGKILLed launcher and the next start has every acked row', async () => {
    const dataDir = await temporaryFolder()
    const launched = launch(dataDir, { runtime, task: 'write' })
    const pid = await writeSome(launched)
    await launched.kill('SIGKILL')
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 10_000, interval: 10 })
    const database = await start(dataDir)
    expect(lost(launched, await readAcked(database.connection))).toEqual([])
  })

  test('a start at the very moment after the kill waits for the dying server', async () => {
    const dataDir = await temporaryFolder()
    const launched = launch(dataDir, { runtime, task: 'write' })
    await writeSome(launched)
    launched.child.kill('SIGKILL')
    const database = await start(dataDir)
    expect(lost(launched, await readAcked(database.connection))).toEqual([])
  })

  test('a SIGKILLed server is reported and the next start has every acked row', async () => {
    const dataDir = await temporaryFolder()
    const launched = launch(dataDir, { runtime, task: 'write' })
    const pid = await writeSome(launched)
    process.kill(pid, 'SIGKILL')
    // The writer's next statement fails and ends it: which of the two is seen first is open.
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 10_000, interval: 10 })
    const database = await start(dataDir)
    expect(lost(launched, await readAcked(database.connection))).toEqual([])
  })

  test('Ctrl-C in the terminal reaches the launcher and not the server', async () => {
    const launched = launch(await temporaryFolder(), { runtime })
    const { pid = 0 } = await launched.line(isReady)
    process.kill(-(launched.child.pid ?? 0), 'SIGINT')
    await launched.line((line) => line.interrupted === true)
    // The terminal signals a process group: the server must be in another one.
    expect(await processGroup(pid)).not.toBe(launched.child.pid)
    expect(isRunning(pid)).toBe(true)
  })
})

test('the handle says when something killed the server', async () => {
  const database = await start(await temporaryFolder())
  process.kill(database.pid, 'SIGKILL')
  expect(await database.exited).toEqual({ code: null, signal: 'SIGKILL' })
})
