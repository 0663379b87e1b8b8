// The server as a process: what it refuses to start with, how it ends, and what it survives.
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { connectDatabase } from '@holdfast/db'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { RUNTIMES, type ServerOptions, type ServerProcess, startServer } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireHttp, WireSocket } from '../support/wire-client.ts'
import { TYPE } from '../support/wire-frames.ts'

const SOCKET_CLOSED_TRY_AGAIN = 4503

async function start(options: ServerOptions): Promise<ServerProcess> {
  const server = await startServer(options)
  onTestFinished(() => server.stop())
  return server
}

/** Why a start was refused. */
async function refusal(env: Record<string, string>, runtime: 'bun' | 'node' = 'bun') {
  return await start({ env, runtime }).then(
    () => 'it started',
    (error: Error) => error.message,
  )
}

describe.each(RUNTIMES)('on %s', (runtime) => {
  it.each([
    ['an unknown setting', { HOLDFAST_GRACE: '1' }, /holdfast: HOLDFAST_GRACE .*\n/],
    ['a bad value', { HOLDFAST_GRACE_MS: 'soon' }, /holdfast: HOLDFAST_GRACE_MS .*\n/],
    [
      'a library that does not load',
      // Where its loader looks first.
      { HOLDFAST_WEBTRANSPORT: 'on', NAPI_RS_NATIVE_LIBRARY_PATH: '/nowhere.node' },
      /holdfast: HOLDFAST_WEBTRANSPORT cannot be switched on here: .* Or set it to off\.\n/,
    ],
    ['an open door', { HOST: '0.0.0.0' }, /holdfast: HOST .*HOLDFAST_ADMIN_KEY.*\n/],
  ])('refuses %s with one line', async (_what, env, line) => {
    expect(await refusal(env as unknown as Record<string, string>, runtime)).toMatch(line)
  })

  it('says that the port is taken', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void taken.close())
    const { port } = taken.address() as { port: number }
    expect(await refusal({ PORT: String(port) }, runtime)).toContain('PORT')
  })

  it('starts when tests set their own variables', async () => {
    await start({ runtime, env: { HOLDFAST_TEST_ANYTHING: 'x' } })
  })

  it('ends in order on SIGTERM: clients are told to come back, nothing is left running', async () => {
    const server = await start({ runtime })
    const http = new WireHttp(server.url)
    const socket = await WireSocket.greet(server.url, await http.create())
    const events = await fetch(`${server.url}/api/events`)
    const children = await childrenOf(server.pid)
    expect(children.length).toBeGreaterThan(0)
    expect(await server.kill('SIGTERM')).toBe(0)
    expect((await socket.nextJson(TYPE.ERROR)).code).toBe('shutting_down')
    expect(await socket.closed()).toBe(SOCKET_CLOSED_TRY_AGAIN)
    await events.body?.pipeTo(new WritableStream()).catch(() => undefined)
    await waitFor('the database to be gone', async () => {
      const alive = await Promise.all(children.map(isAlive))
      return alive.every((one) => !one)
    })
    expect(server.logs.map(({ msg }) => msg)).toContain('stopped')
  })

  it('comes back with everything after SIGKILL', async () => {
    const server = await start({ runtime })
    const http = new WireHttp(server.url)
    const made = await http.create({ title: 'kept' })
    expect((await http.put(made, { take: 0, seq: 0 }, Buffer.from('kept'))).status).toBe(201)
    await server.kill('SIGKILL')
    await server.start()
    expect((await http.view(made)).body).toMatchObject({ title: 'kept', bytes: 4 })
    expect(Buffer.from(await http.media(made)).toString()).toBe('kept')
  })

  it('I6: takes up at once what it was finalizing when it was killed, however long the lease', async () => {
    const server = await start({ runtime, env: { HOLDFAST_LEASE_MS: '600000' } })
    const http = new WireHttp(server.url)
    const made = await http.create()
    await http.put(made, { take: 0, seq: 0 }, Buffer.from('kept'))
    await claimAs(server, made.id)
    await server.kill('SIGKILL')
    await server.start()
    await http.untilStatus(made, 'ready', 1)
  })

  it('brings itself up again when its database is killed', async () => {
    const server = await start({ runtime })
    const http = new WireHttp(server.url)
    const made = await http.create()
    const [postmaster] = await postmastersOf(server.pid)
    if (postmaster === undefined) throw new Error('no database process')
    process.kill(postmaster, 'SIGKILL')
    await waitFor('a new database', async () => {
      const [now] = await postmastersOf(server.pid)
      return now !== undefined && now !== postmaster
    })
    await waitFor('the server to store again', async () => {
      const { status } = await http.put(made, { take: 0, seq: 0 }, Buffer.from('later'))
      return status < 300
    })
    expect(Buffer.from(await http.media(made)).toString()).toBe('later')
  })
})

describe('a database that is not ours', () => {
  let database: TestDatabase

  beforeAll(async () => {
    database = await createTestDatabase()
  })
  afterAll(() => database.drop())

  it('is used by two servers at once, which share links and recordings', async () => {
    const dataDir = (await start({ env: { DATABASE_URL: urlOf(database) } })).dataDir
    const one = await start({ env: { DATABASE_URL: urlOf(database) }, dataDir })
    const other = await start({ env: { DATABASE_URL: urlOf(database) }, dataDir })
    const made = await new WireHttp(one.url).create()
    await new WireHttp(one.url).put(made, { take: 0, seq: 0 }, Buffer.from('shared'))
    const view = await new WireHttp(one.url).call<{ mediaUrl: string }>(
      'GET',
      `/api/recordings/${made.id}`,
    )
    const media = await fetch(`${other.url}${view.body.mediaUrl}`)
    expect([media.status, await media.text()]).toEqual([200, 'shared'])
  })

  it('is refused while it may lose acked rows', async () => {
    const client = connectDatabase(database.connection, { max: 1 })
    await client.sql.unsafe(`alter database ${database.name} set synchronous_commit = off`)
    const message = await refusal({ DATABASE_URL: urlOf(database) })
    await client.sql.unsafe(`alter database ${database.name} reset synchronous_commit`)
    await client.close()
    expect(message).toContain('synchronous_commit is off')
  })
})

/** The test server's socket folder in libpq's form. */
function urlOf({ connection }: TestDatabase): string {
  if ('url' in connection) return connection.url
  const { user, database, host, port } = connection
  return `postgresql://${user}@/${database}?host=${encodeURIComponent(host)}&port=${port}`
}

/** What the claim of a finalizer leaves that is killed before it commits. The recording is stopped. */
async function claimAs(server: ServerProcess, id: string): Promise<void> {
  const host = join(server.dataDir, 'postgres', 'run')
  const client = connectDatabase({ host, port: 5432, user: 'holdfast', database: 'holdfast' })
  await client.sql`
    update recordings set status = 'finalizing', lease_epoch = lease_epoch + 1, attempts = 1,
      lease_until = now() + interval '10 min', finished_at = now(), complete = true
    where id = ${id}`
  await client.close()
}

const execFileAsync = promisify(execFile)

async function childrenOf(pid: number): Promise<number[]> {
  const { stdout } = await execFileAsync('ps', ['-eo', 'pid=,ppid='])
  const parents = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  const of = (parent: number): number[] =>
    parents.flatMap(([child = 0, its]) => (its === parent ? [child, ...of(child)] : []))
  return of(pid)
}

/** Processes below the server that are a postmaster: they have a data folder on their command line. */
async function postmastersOf(pid: number): Promise<number[]> {
  const found: number[] = []
  for (const child of await childrenOf(pid)) {
    const line = await readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '')
    const [program = '', flag] = line.split('\0')
    if (program.endsWith('postgres') && flag === '-D') found.push(child)
  }
  return found
}

async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat !== '' && !stat.includes(') Z')
}
