// A database that falls silent, as behind a firewall that drops packets: nobody is told, so only a bound of
// our own ends the wait.
import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openDatabaseLine } from '../test/support/database-line.ts'
import { createTestDatabase, type TestDatabase } from '../test/support/postgres.ts'
import type { TcpProxy } from '../test/support/tcp-proxy.ts'
import { waitFor } from '../test/support/wait-for.ts'
import { connectBounded } from './bounded-client.ts'
import { connectDatabase, type DatabaseClient } from './client.ts'
import { isDatabaseAway } from './connection-lost.ts'
import { pingDatabase } from './durability.ts'

const DEADLINE_MS = 400
const MAX = 3

let database: TestDatabase
let line: TcpProxy
let client: DatabaseClient
/** What nobody could catch: it would end a server. */
const uncaught: unknown[] = []
const note = (error: unknown) => uncaught.push(error)

beforeAll(async () => {
  database = await createTestDatabase()
  process.on('uncaughtException', note)
})
afterAll(async () => {
  process.off('uncaughtException', note)
  await database.drop()
})
beforeEach(async () => {
  const opened = await openDatabaseLine(database.connection)
  line = opened.proxy
  const options = { max: MAX, deadlineMs: DEADLINE_MS, waitMs: DEADLINE_MS }
  client = connectBounded(opened.connection, options)
  await Promise.all(Array.from({ length: MAX }, () => pingDatabase(client.db)))
})
afterEach(async () => {
  await line.close()
  await client.close()
  expect(uncaught).toEqual([])
})

const failure = (work: Promise<unknown>) =>
  work.then(
    () => 'it succeeded',
    (error: unknown) => (isDatabaseAway(error) ? 'away' : error),
  )

const twoStatements = (between: () => unknown = () => undefined) =>
  client.db.transaction(async (tx) => {
    await tx.execute(sql`select 1`)
    await between()
    await tx.execute(sql`select 2`)
  })

/** Resolves when the database has seen the end of every connection of ours. */
async function untilAlone(): Promise<void> {
  const direct = connectDatabase(database.connection, { max: 1 })
  const others = () =>
    direct.db.execute(sql`
    select 1 from pg_stat_activity where datname = ${database.name} and pid <> pg_backend_pid()`)
  await waitFor('the end of the connections', async () => (await others()).length === 0)
  await direct.close()
}

describe('when the database falls silent', () => {
  it('gives up every statement and transaction, also those that wait for a connection', async () => {
    line.setLine('stalled')
    const work = Array.from({ length: 4 * MAX }, (_, n) =>
      failure(n % 2 === 0 ? pingDatabase(client.db) : twoStatements()),
    )
    expect(new Set(await Promise.all(work))).toEqual(new Set(['away']))
  })

  it('gives up a statement whose answer stops in the middle', async () => {
    const rows = client.db.execute(sql`
      select repeat('x', 1000000) from generate_series(1, 60)`)
    line.setLine('stalled')
    expect(await failure(rows)).toBe('away')
  })

  it('works again on connections of their own as soon as the line is back', async () => {
    line.setLine('stalled')
    await Promise.all(Array.from({ length: MAX }, () => failure(pingDatabase(client.db))))
    line.setLine('open')
    await waitFor('the database', () => pingDatabase(client.db).then(() => true))
    const all = Array.from({ length: 5 * MAX }, () => pingDatabase(client.db))
    await Promise.all(all)
  })

  it('drops the connection: what it held is free again', async () => {
    await client.db.execute(sql`create table if not exists held (n int primary key)`)
    await client.db.execute(sql`insert into held values (1) on conflict do nothing`)
    const held = client.db.transaction(async (tx) => {
      await tx.execute(sql`select n from held for update`)
      line.setLine('stalled')
      await tx.execute(sql`select 1`)
    })
    expect(await failure(held)).toBe('away')
    line.setLine('open')
    const lock = async () => {
      await client.db.execute(sql`select n from held for update nowait`)
      return true
    }
    expect(await waitFor('the lock', lock)).toBe(true)
  })
})

describe('when the connection breaks', () => {
  afterEach(async () => {
    line.setLine('open')
    await waitFor('the database', () => pingDatabase(client.db).then(() => true))
    // Each connection is used again: none was left broken.
    await Promise.all(Array.from({ length: MAX }, () => twoStatements()))
  })

  it('refuses the statement that runs in a transaction, and the process lives', async () => {
    const asleep = twoStatements(() => client.db.execute(sql`select 1`))
    const work = client.db.transaction(async (tx) => {
      await tx.execute(sql`select 1`)
      setImmediate(() => line.setLine('cut'))
      await tx.execute(sql`select pg_sleep(5)`)
    })
    expect(await failure(work)).toBe('away')
    await failure(asleep)
  })

  it('refuses what a transaction does next, and the process lives', async () => {
    const work = twoStatements(async () => {
      line.setLine('cut')
      await untilAlone()
    })
    expect(await failure(work)).toBe('away')
  })

  it('refuses the COMMIT that would follow, and the process lives', async () => {
    const work = client.db.transaction(async (tx) => {
      await tx.execute(sql`select 1`)
      line.setLine('cut')
      await untilAlone()
    })
    expect(await failure(work)).toBe('away')
  })
})

describe('while all is well', () => {
  it('commits what a transaction did, and takes back what one did that failed', async () => {
    await client.db.execute(sql`create table if not exists kept (n int)`)
    await client.db.transaction((tx) => tx.execute(sql`insert into kept values (1)`))
    const refusedByUs = client.db.transaction(async (tx) => {
      await tx.execute(sql`insert into kept values (2)`)
      throw new Error('changed our mind')
    })
    await expect(refusedByUs).rejects.toThrow('changed our mind')
    const refusedByIt = client.db.transaction(async (tx) => {
      await tx.execute(sql`insert into kept values (3)`)
      await tx.execute(sql`select 1 / 0`)
    })
    expect(await failure(refusedByIt)).not.toBe('away')
    expect(await client.db.execute(sql`select n from kept`)).toEqual([{ n: 1 }])
  })

  it('lets more work than connections through, and a slow one hold up nobody else', async () => {
    const slow = client.db.execute(sql`select pg_sleep(0.3)`)
    const done = Array.from({ length: 200 }, (_, n) =>
      client.db.execute<{ n: number }>(sql`select ${n}::int as n`),
    )
    const rows = await Promise.all(done)
    expect(rows.map(([row]) => row?.n)).toEqual(Array.from({ length: 200 }, (_, n) => n))
    await slow
  })

  it('refuses what comes after its end', async () => {
    await client.close()
    expect(await failure(pingDatabase(client.db))).toBe('away')
  })
})
