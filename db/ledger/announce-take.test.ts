import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TestLedger } from '../../test/support/ledger.ts'
import { announceTake, type NewTake } from './announce-take.ts'

let ledger: TestLedger
beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())

const INIT = new Uint8Array([0x1a, 0x45, 0xdf, 0xa3])

function announce(recordingId: string, parts: Partial<NewTake> = {}) {
  const startedAt = new Date('2026-01-01T00:00:00Z')
  const take = { recordingId, take: 0, mimeType: 'video/webm', init: INIT, startedAt, ...parts }
  return announceTake(ledger.db, take)
}

const takeOf = async (id: string, take = 0) =>
  (await ledger.row(id)).takes.find((one) => one.take === take)

describe('rule 5: a TAKE', () => {
  test('is stored once and then recognised', async () => {
    const id = await ledger.recording([])
    expect(await announce(id)).toBe('stored')
    expect(await announce(id)).toBe('duplicate')
    expect(await takeOf(id)).toMatchObject({ mimeType: 'video/webm', chunkCount: 0, maxSeq: -1 })
  })

  test('keeps its first `startedAt`', async () => {
    const id = await ledger.recording([])
    await announce(id)
    const startedAt = new Date('2026-02-02T00:00:00Z')
    expect(await announce(id, { startedAt })).toBe('duplicate')
    expect((await takeOf(id))?.startedAt).toEqual(new Date('2026-01-01T00:00:00Z'))
  })

  test('with a null init is filled once', async () => {
    const id = await ledger.recording([])
    await announce(id, { init: null })
    expect(await announce(id)).toBe('stored')
    expect(Buffer.from((await takeOf(id))?.init ?? [])).toEqual(Buffer.from(INIT))
    expect(await announce(id, { init: new Uint8Array([9]) })).toBe('conflict')
    expect(Buffer.from((await takeOf(id))?.init ?? [])).toEqual(Buffer.from(INIT))
  })

  test('with a null init is recognised in one that has its init', async () => {
    const id = await ledger.recording([])
    await announce(id)
    expect(await announce(id, { init: null })).toBe('duplicate')
    expect((await takeOf(id))?.init).not.toBeNull()
  })

  test.each([
    ['another init', { init: new Uint8Array([0x1a, 0x45, 0xdf, 0xa4]) }],
    ['another mimeType', { mimeType: 'video/mp4' }],
    ['another mimeType and no init', { mimeType: 'video/mp4', init: null }],
    ['a longer init', { init: new Uint8Array([...INIT, 0]) }],
  ])('with %s is a conflict that changes nothing', async (_, parts) => {
    const id = await ledger.recording([])
    await announce(id)
    const before = await takeOf(id)
    expect(await announce(id, parts)).toBe('conflict')
    expect(await takeOf(id)).toEqual(before)
  })

  test('is refused for a deleted recording and for none', async () => {
    const id = await ledger.recording([])
    await ledger.sql`update recordings set deleted_at = now() where id = ${id}`
    expect(await announce(id)).toBe('deleted')
    expect(await announce(randomUUID())).toBe('unknown')
  })

  test('that comes twice at once is one take', async () => {
    const id = await ledger.recording([])
    const outcomes = await Promise.all([announce(id), announce(id), announce(id)])
    expect(outcomes.sort()).toEqual(['duplicate', 'duplicate', 'stored'])
  })

  test('is a sign of life', async () => {
    const id = await ledger.recording([])
    await ledger.age(id, 60_000, 'last_seen_at')
    await announce(id)
    const { lastSeenAt } = await ledger.row(id)
    expect(Date.now() - lastSeenAt.getTime()).toBeLessThan(30_000)
  })
})

describe('rule 7: a FINISH that stands', () => {
  test('is not revoked by a take that it declared', async () => {
    const id = await ledger.recording([0])
    await ledger.store(id, [0])
    await ledger.finish(id, [1, 2])
    expect(await announce(id, { take: 1 })).toBe('stored')
    const { finishedAt, complete, generation } = await ledger.row(id)
    expect(finishedAt).not.toBeNull()
    expect({ complete, generation }).toEqual({ complete: false, generation: 2 })
  })

  test('is revoked by a take that it did not declare', async () => {
    const id = await ledger.recording([0])
    await ledger.store(id, [0])
    await ledger.finish(id, [1])
    expect(await announce(id, { take: 1 })).toBe('stored')
    expect(await ledger.row(id)).toMatchObject({
      finishedAt: null,
      finishReason: null,
      complete: false,
    })
    const [left] =
      await ledger.sql`select count(*)::int as n from totals where recording_id = ${id}`
    expect(left?.n).toBe(0)
  })

  test('is not revoked by a take that it knows already, nor by a conflicting one', async () => {
    const id = await ledger.recording([0])
    await ledger.store(id, [0])
    await ledger.finish(id, [1])
    await ledger.announce(id, 0)
    await announce(id, { mimeType: 'audio/webm' })
    expect(await ledger.row(id)).toMatchObject({ complete: true, finishReason: 'user' })
  })
})
