// A database elsewhere, behind a line that breaks or falls silent while chunks arrive.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DatabaseLine, openDatabaseLine } from '../support/database-line.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { RUNTIMES, type ServerProcess, startServer } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireHttp, WireSocket } from '../support/wire-client.ts'
import { chunk, finish, noise, take } from '../support/wire-frames.ts'

const GRACE_MS = 60_000
const CUTS = 25

describe.each(RUNTIMES)('the line to the database, on %s', (runtime) => {
  let database: TestDatabase
  let line: DatabaseLine
  let server: ServerProcess
  let http: WireHttp

  beforeAll(async () => {
    database = await createTestDatabase()
    line = await openDatabaseLine(database.connection)
    const env = { DATABASE_URL: line.url, HOLDFAST_GRACE_MS: String(GRACE_MS) }
    server = await startServer({ runtime, env })
    http = new WireHttp(server.url)
  })
  afterAll(async () => {
    await server.stop()
    await line.proxy.close()
    await database.drop()
  })

  const readiness = async () => (await http.call('GET', '/readyz')).status

  it('may break at any moment: what is sent again until it is acked is there, and the process lives', async () => {
    const made = await http.create()
    for (let seq = 0; seq < CUTS; seq += 1) {
      const sent = http.put(made, { take: 0, seq }, noise(2000, seq))
      // At another moment of the commit each time.
      await new Promise((resolve) => setTimeout(resolve, seq / 4))
      line.proxy.setLine('cut')
      line.proxy.setLine('open')
      expect([200, 201, 503]).toContain((await sent).status)
      await waitFor(`chunk ${seq}`, async () => {
        const again = await http.put(made, { take: 0, seq }, noise(2000, seq))
        return again.status < 300
      })
    }
    expect(server.isRunning).toBe(true)
    const stop = JSON.stringify({ takes: [{ take: 0, chunks: CUTS }], token: made.token })
    await http.call('POST', `/api/recordings/${made.id}/stop`, stop)
    expect(await http.untilStatus(made, 'ready')).toMatchObject({ gaps: [], bytes: 2000 * CUTS })
  })

  it('may fall silent: not ready meanwhile, no ack, and all goes on when it is back', async () => {
    const made = await http.create()
    const socket = await WireSocket.greet(server.url, made)
    socket.send(take(0), chunk(0, noise(100, 0)))
    await socket.until('ack 0/0')
    line.proxy.setLine('stalled')
    socket.send(chunk(1, noise(100, 1)), chunk(2, noise(100, 2)))
    await waitFor('not ready', async () => (await readiness()) === 503)
    expect(socket.answers).not.toContain('ack 0/1')
    line.proxy.setLine('open')
    await waitFor('ready', async () => (await readiness()) === 200)
    await socket.until('ack 0/1', 'ack 0/2')
    socket.send(finish([3]))
    await socket.event('ready')
    socket.close()
  })
})
