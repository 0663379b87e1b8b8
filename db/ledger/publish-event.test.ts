import { randomUUID } from 'node:crypto'
import type { HoldfastEvent } from '@holdfast/protocol'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestLedger } from '../../test/support/ledger.ts'
import { publishEvents, tellOfEvents } from './publish-event.ts'

let ledger: TestLedger
beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())

const deleted = (id: string) => ({ type: 'deleted', id }) as const

test('an event is there with its transaction, in order, or not at all', async () => {
  const id = randomUUID()
  await ledger.db.transaction((tx) => publishEvents(tx, [deleted(id), deleted(id)]))
  const failed = ledger.db.transaction(async (tx) => {
    await publishEvents(tx, [deleted(id)])
    throw new Error('rolled back')
  })
  await expect(failed).rejects.toThrow('rolled back')
  expect(await ledger.eventNames(id)).toEqual(['deleted', 'deleted'])
})

test('whoever wants to know is told after the commit, and only where something was published', async () => {
  const client = ledger.connect()
  let told = 0
  tellOfEvents(client.db, () => {
    told += 1
  })
  const publish = async (events: HoldfastEvent[], fails = false) => {
    await client.db.transaction(async (tx) => {
      const before = told
      await publishEvents(tx, events)
      expect(told).toBe(before)
      if (fails) throw new Error('rolled back')
    })
  }
  await publish([])
  expect(told).toBe(0)
  await publish([deleted(randomUUID())])
  expect(told).toBe(1)
  await expect(publish([deleted(randomUUID())], true)).rejects.toThrow('rolled back')
  expect(told).toBe(1)
  await client.close()
})

test('each row names its transaction, so that a reader skips none that commits late', async () => {
  const id = randomUUID()
  const [mine] = await ledger.db.transaction(async (tx) => {
    await publishEvents(tx, [deleted(id)])
    return await tx.execute<{ xid: string }>(sql`select pg_current_xact_id()::text as xid`)
  })
  const rows = await ledger.sql`select xid::text from events where recording_id = ${id}`
  expect(rows[0]).toEqual({ xid: mine?.xid })
})
