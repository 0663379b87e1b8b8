import { afterAll, beforeAll, expect, test } from 'vitest'
import { newResult, TestLedger, TIMING } from '../../test/support/ledger.ts'
import { waitFor } from '../../test/support/wait-for.ts'
import { commitVersion } from './commit-version.ts'
import { readRecording } from './read-recording.ts'

let ledger: TestLedger
beforeAll(async () => {
  ledger = await TestLedger.open()
  await ledger.setUptime()
})
afterAll(() => ledger.close())

const isWaiting = async (): Promise<boolean> => {
  const [row] = await ledger.sql`
    select count(*)::int as n from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`
  return row?.n > 0
}

test('a recording is read as of one moment, also when a version is committed meanwhile', async () => {
  const id = await ledger.recording()
  await ledger.store(id, [0, 1])
  await ledger.finish(id, [2])
  const claim = await ledger.claim(id)
  let reading: ReturnType<typeof readRecording> | undefined
  await ledger.db.transaction(async (tx) => {
    // Holds the reader up between the row and what belongs to it.
    await tx.execute('lock table takes, versions in access exclusive mode')
    reading = readRecording(ledger.db, id)
    await waitFor('a reader that waits', isWaiting)
    await commitVersion(tx, { claim, result: newResult(), timing: TIMING, by: 'sweeper' })
  })
  const read = await reading
  expect(read).toMatchObject({ version: 0, status: 'finalizing', versions: [] })
  expect(await readRecording(ledger.db, id)).toMatchObject({
    ...{ version: 1, status: 'ready', versions: [{ version: 1 }] },
  })
})
