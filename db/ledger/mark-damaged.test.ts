// A chunk found damaged counts as missing everywhere, and its next copy makes good all that was lost with it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newChunk, newResult, TestLedger, TIMING } from '../../test/support/ledger.ts'
import { events } from '../schema.ts'
import { claimOne } from './claim-due.ts'
import { commitVersion } from './commit-version.ts'
import { holdsDamage, markDamaged } from './mark-damaged.ts'
import { readHave } from './read-have.ts'
import { readMissing } from './read-missing.ts'
import { readTakeChunks, readTakeHeads } from './read-take-chunks.ts'

let ledger: TestLedger
beforeAll(async () => {
  ledger = await TestLedger.open()
  await ledger.setUptime()
})
afterAll(() => ledger.close())

/** A stopped recording of four indexed chunks. */
async function stopped(): Promise<string> {
  const id = await ledger.recording()
  const index = new Uint8Array([1, 2])
  await ledger.commit(...[0, 1, 2, 3].map((seq) => newChunk(id, seq, { index, hasInit: true })))
  await ledger.finish(id, [4])
  return id
}

async function mark(id: string, ...seqs: number[]) {
  return await markDamaged(
    ledger.db,
    id,
    seqs.map((seq) => newChunk(id, seq)),
  )
}

async function seqsAt(id: string, generation: number | null): Promise<number[]> {
  const chunks = await readTakeChunks(ledger.db, { recordingId: id, take: 0, generation })
  return chunks.map(({ seq }) => seq)
}

describe('rule 2: a chunk that is found damaged', () => {
  test('counts as missing, raises the generation and takes the recording back to incomplete', async () => {
    const id = await stopped()
    const before = await ledger.row(id)
    expect(await mark(id, 2)).toEqual([{ take: 0, seq: 2, bytes: 100 }])
    expect(await readHave(ledger.db, id, 9)).toEqual(
      new Map([
        [
          0,
          [
            [0, 1],
            [3, 3],
          ],
        ],
      ]),
    )
    expect(await readMissing(ledger.db, id, 9)).toEqual(new Map([[0, [[2, 2]]]]))
    const { chunkCount, bytes, takes } = await ledger.row(id)
    expect({ chunkCount, bytes }).toEqual({ chunkCount: 3, bytes: 300 })
    expect(takes).toMatchObject([{ chunkCount: 3, maxSeq: 3 }])
    expect(await ledger.row(id)).toMatchObject({
      generation: before.generation + 1,
      complete: false,
    })
  })

  test('voids the indexes from there on, and no other', async () => {
    const id = await stopped()
    await mark(id, 2)
    expect((await ledger.chunkRows(id)).map(({ index }) => index !== null)).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  test('is told to whoever sends, by its number and no other', async () => {
    const id = await stopped()
    await mark(id, 1, 2)
    const rows = await ledger.db.select().from(events).orderBy(events.id)
    expect(rows.filter((row) => row.recordingId === id).at(-1)?.data).toEqual({
      ...{ type: 'missing', id, missing: { 0: [[1, 2]] } },
    })
  })

  test('is not marked when its row points elsewhere by now, holds other bytes, or is marked already', async () => {
    const id = await stopped()
    const before = await ledger.row(id)
    const moved = newChunk(id, 1, { segment: 'other.seg' })
    expect(await markDamaged(ledger.db, id, [moved, newChunk(id, 2, { body: 'x' })])).toEqual([])
    expect((await ledger.row(id)).generation).toBe(before.generation)
    await mark(id, 2)
    expect(await mark(id, 2)).toEqual([])
    expect((await ledger.row(id)).generation).toBe(before.generation + 1)
  })

  test('is not marked in a deleted recording', async () => {
    const id = await stopped()
    await ledger.sql`update recordings set deleted_at = now() where id = ${id}`
    expect(await mark(id, 2)).toEqual([])
  })

  test('I2, I8: a finalizer that computed with it commits nothing', async () => {
    const id = await stopped()
    const claim = await ledger.claim(id)
    await mark(id, 2)
    const commit = { claim, result: newResult(), timing: TIMING, by: 'admin' } as const
    expect(await commitVersion(ledger.db, commit)).toEqual({ outcome: 'alive' })
    expect(await ledger.versionRows(id)).toEqual([])
    expect(await claimOne(ledger.db, TIMING, id)).not.toBeNull()
  })

  test('all of a take: it is still a take of the recording', async () => {
    const id = await stopped()
    await mark(id, 0, 1, 2, 3)
    expect(await readTakeHeads(ledger.db, id)).toMatchObject([{ take: 0 }])
    expect(await readMissing(ledger.db, id, 9)).toEqual(new Map([[0, [[0, 3]]]]))
  })
})

describe('I2: what versions hold', () => {
  test('is the same again when the chunk comes back, and the version without it stays without it', async () => {
    const id = await stopped()
    const { generation: whole } = await ledger.row(id)
    await mark(id, 2)
    const { generation: without } = await ledger.row(id)
    expect(await holdsDamage(ledger.db, id, whole)).toBe(true)
    expect(await holdsDamage(ledger.db, id, without)).toBe(false)
    expect(await seqsAt(id, without)).toEqual([0, 1, 3])
    await ledger.commit(newChunk(id, 2, { segment: 'new.seg' }))
    expect(await holdsDamage(ledger.db, id, whole)).toBe(false)
    expect(await seqsAt(id, whole)).toEqual([0, 1, 2, 3])
    expect(await seqsAt(id, without)).toEqual([0, 1, 3])
    expect(await seqsAt(id, (await ledger.row(id)).generation)).toEqual([0, 1, 2, 3])
    expect(await ledger.row(id)).toMatchObject({ complete: true, chunkCount: 4, bytes: 400 })
  })

  test('holds for a chunk that is damaged, replaced, and damaged again', async () => {
    const id = await stopped()
    const generations: number[] = []
    const note = async () => generations.push((await ledger.row(id)).generation)
    await note()
    for (const n of [1, 2]) {
      const segment = n === 1 ? 'a.seg' : 'copy.seg'
      await markDamaged(ledger.db, id, [newChunk(id, 2, { segment })])
      await note()
      await ledger.commit(newChunk(id, 2, { segment: 'copy.seg' }))
      await note()
    }
    const held = await Promise.all(
      generations.map(async (generation) => (await seqsAt(id, generation)).includes(2)),
    )
    expect(held).toEqual([true, false, true, false, true])
  })
})
