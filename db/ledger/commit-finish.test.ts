import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newResult, TestLedger, TIMING } from '../../test/support/ledger.ts'
import { commitFinish } from './commit-finish.ts'
import { commitVersion } from './commit-version.ts'
import { readMissing } from './read-missing.ts'
import { readTotals } from './read-totals.ts'
import { resumeRecording } from './resume-recording.ts'

let ledger: TestLedger
beforeAll(async () => {
  ledger = await TestLedger.open()
  await ledger.setUptime()
})
afterAll(() => ledger.close())

const totalsOf = async (id: string) =>
  (await readTotals(ledger.db, id)).takes.map(({ chunks }) => chunks)

async function finalize(id: string, parts: Parameters<typeof newResult>[0] = {}) {
  const claim = await ledger.claim(id)
  const result = newResult(parts)
  return await commitVersion(ledger.db, { claim, result, timing: TIMING, by: 'sweeper' })
}

async function storedRecording(seqs: readonly number[]): Promise<string> {
  const id = await ledger.recording()
  await ledger.store(id, seqs)
  return id
}

describe('rule 7, I10: totals', () => {
  test('merge per take by maximum, in whatever order the stops come', async () => {
    const id = await storedRecording([0])
    await ledger.finish(id, [5, 1])
    await ledger.finish(id, [3, 4])
    expect(await totalsOf(id)).toEqual([5, 4])
  })

  test('below what is stored count as the highest seq + 1', async () => {
    const id = await storedRecording([0, 1, 7])
    expect(await ledger.finish(id, [2])).toMatchObject({ complete: false })
    expect(await totalsOf(id)).toEqual([8])
    expect((await readMissing(ledger.db, id, 10)).get(0)).toEqual([[2, 6]])
  })

  test('of takes that the stop does not name are what is stored', async () => {
    const id = await ledger.recording([0, 1])
    await ledger.store(id, [0, 1], 1)
    expect(await ledger.finish(id, [])).toMatchObject({ complete: true })
    expect(await totalsOf(id)).toEqual([0, 2])
  })

  test('may name a take whose TAKE has not come yet: it is missing', async () => {
    const id = await storedRecording([0])
    expect(await ledger.finish(id, [1, 3])).toMatchObject({ complete: false })
    expect((await readMissing(ledger.db, id, 10)).get(1)).toEqual([[0, 2]])
  })

  test('may be as large as numbers go', async () => {
    const id = await storedRecording([0])
    expect(await ledger.finish(id, [0x1_0000_0000])).toMatchObject({ complete: false })
    expect((await readMissing(ledger.db, id, 10)).get(0)).toEqual([[1, 0xffffffff]])
  })

  test('that name one take twice count as the larger', async () => {
    const id = await storedRecording([0])
    const takes = [
      { take: 0, chunks: 3 },
      { take: 0, chunks: 2 },
    ]
    await commitFinish(ledger.db, id, { takes, reason: 'user' })
    expect(await totalsOf(id)).toEqual([3])
  })
})

describe('a FINISH', () => {
  test('is complete when every take holds its chunks', async () => {
    const id = await storedRecording([0, 1, 2])
    const outcome = await ledger.finish(id, [3])
    expect(outcome).toMatchObject({ outcome: 'committed', complete: true, pending: true })
  })

  test('I11: may be repeated: the first time and reason stand, the generation does not move', async () => {
    const id = await storedRecording([0, 1])
    await ledger.finish(id, [2], 'pagehide')
    await ledger.age(id, 60_000, 'finished_at')
    const before = await ledger.row(id)
    await ledger.finish(id, [2], 'user')
    const after = await ledger.row(id)
    expect(after).toMatchObject({ finishReason: 'pagehide', generation: before.generation })
    expect(after.finishedAt).toEqual(before.finishedAt)
  })

  test('raises the generation only when the effective totals grow', async () => {
    const id = await storedRecording([0, 1])
    const generation = async () => (await ledger.row(id)).generation
    expect(await generation()).toBe(2)
    await ledger.finish(id, [2])
    expect(await generation()).toBe(2)
    await ledger.finish(id, [1])
    expect(await generation()).toBe(2)
    await ledger.finish(id, [4])
    expect(await generation()).toBe(3)
    await ledger.finish(id, [4])
    expect(await generation()).toBe(3)
  })

  test('I7: with a larger total makes a finished recording due again', async () => {
    const id = await storedRecording([0, 1])
    await ledger.finish(id, [2])
    await finalize(id)
    expect(await ledger.finish(id, [2])).toMatchObject({ complete: true, pending: false })
    expect(await ledger.finish(id, [3])).toMatchObject({ complete: false, pending: true })
    await ledger.ageAll(id, 60_000)
    expect(await finalize(id, { status: 'incomplete', etag: 'e2' })).toMatchObject({
      outcome: 'committed',
      version: 2,
    })
  })

  test('says that nothing is left to do when the version is there already', async () => {
    const id = await storedRecording([0])
    await ledger.finish(id, [1])
    await finalize(id)
    const outcome = await ledger.finish(id, [1])
    expect(outcome).toMatchObject({ pending: false, status: 'ready', version: 1 })
  })

  test('after a version by disconnect with the same chunks changes nothing but the stop', async () => {
    const id = await storedRecording([0, 1])
    await ledger.ageAll(id, 60_000)
    await finalize(id)
    expect(await ledger.finish(id, [2])).toMatchObject({ complete: true, pending: false })
    expect(await ledger.dueIds()).not.toContain(id)
  })

  test('is refused for a deleted recording and for none', async () => {
    const id = await storedRecording([0])
    await ledger.sql`update recordings set deleted_at = now() where id = ${id}`
    expect(await ledger.finish(id, [1])).toEqual({ outcome: 'deleted' })
    expect(await ledger.finish(randomUUID(), [1])).toEqual({ outcome: 'unknown' })
  })

  test('is a sign of life and lifts the wait after a failure', async () => {
    const id = await storedRecording([0])
    await ledger.age(id, 60_000, 'last_seen_at')
    await ledger.sql`
      update recordings set status = 'failed', next_attempt_at = now() + interval '1 hour'
      where id = ${id}`
    await ledger.finish(id, [1])
    const { lastSeenAt, nextAttemptAt } = await ledger.row(id)
    expect(Date.now() - lastSeenAt.getTime()).toBeLessThan(30_000)
    expect(nextAttemptAt).toBeNull()
  })

  test('I11: two stops at once end as one after the other', async () => {
    const id = await storedRecording([0])
    await Promise.all([ledger.finish(id, [3, 0]), ledger.finish(id, [2, 4])])
    expect(await totalsOf(id)).toEqual([3, 4])
  })
})

describe('rule 7: "recording again"', () => {
  test('revokes a FINISH that stands and clears its totals', async () => {
    const id = await storedRecording([0])
    await ledger.finish(id, [4])
    expect(await resumeRecording(ledger.db, id)).toBe(true)
    expect(await ledger.row(id)).toMatchObject({ finishedAt: null, finishReason: null })
    expect(await totalsOf(id)).toEqual([])
    expect((await readMissing(ledger.db, id, 10)).size).toBe(0)
  })

  test('changes nothing without a FINISH, for a deleted recording, for none', async () => {
    const id = await storedRecording([0])
    const before = await ledger.row(id)
    expect(await resumeRecording(ledger.db, id)).toBe(false)
    expect(await ledger.row(id)).toEqual(before)
    await ledger.finish(id, [1])
    await ledger.sql`update recordings set deleted_at = now() where id = ${id}`
    expect(await resumeRecording(ledger.db, id)).toBe(false)
    expect(await resumeRecording(ledger.db, randomUUID())).toBe(false)
  })

  test('keeps a recording from being finalized that was stopped a moment ago', async () => {
    const id = await storedRecording([0])
    await ledger.finish(id, [1])
    await resumeRecording(ledger.db, id)
    expect(await ledger.dueIds()).not.toContain(id)
  })

  test('I7: makes the next version due only where the totals promised more than is stored', async () => {
    const [whole, holed] = [await storedRecording([0]), await storedRecording([0])]
    await ledger.finish(whole, [1])
    await finalize(whole)
    await ledger.finish(holed, [2])
    await ledger.ageAll(holed, 60_000)
    await finalize(holed, { status: 'incomplete' })
    for (const id of [whole, holed]) {
      await resumeRecording(ledger.db, id)
      await ledger.ageAll(id, 60_000)
    }
    const due = await ledger.dueIds()
    expect({ whole: due.includes(whole), holed: due.includes(holed) }).toEqual({
      whole: false,
      holed: true,
    })
  })

  test('a FINISH after it stands as a first one', async () => {
    const id = await storedRecording([0])
    await ledger.finish(id, [9])
    await resumeRecording(ledger.db, id)
    expect(await ledger.finish(id, [1], 'pagehide')).toMatchObject({ complete: true })
    expect(await ledger.row(id)).toMatchObject({ finishReason: 'pagehide' })
  })
})
