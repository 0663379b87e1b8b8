import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { encodeStreamed, toHex } from '@holdfast/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { someChunk, someChunkFrame } from '../../test/support/chunks.ts'
import { flipBit } from '../../test/support/compaction-site.ts'
import { TestLedger } from '../../test/support/ledger.ts'
import { about, ReconcileBed } from '../../test/support/reconcile-bed.ts'
import { BESIDE } from './beside.ts'

let ledger: TestLedger
let bed: ReconcileBed

beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())
beforeEach(async () => {
  bed = await ReconcileBed.open(ledger)
})
afterEach(() => bed.close())

describe('an object that no row names', () => {
  const orphanObject = async (id: string, writer = `dead-${randomUUID()}`) => {
    const store = await bed.bed.open(writer)
    const again = Readable.from([encodeStreamed(someChunkFrame({ seq: 0 }))])
    const { segment } = await store.writeObject(id, again, 0)
    await store.close()
    return segment
  }

  test('goes once every chunk was read where its row says', async () => {
    const { id } = await bed.withOrphan()
    const object = await orphanObject(id)
    expect(about(await bed.mend(), id)).toContain('orphan_object mended')
    expect(await bed.bed.files(id)).not.toContain(object)
    expect(about(await bed.mend(), id)).toEqual([])
  })

  test('I4: gives back a chunk that is damaged elsewhere before it goes', async () => {
    const { id } = await bed.withOrphan()
    const object = await orphanObject(id)
    const [segment = ''] = await bed.bed.files(id)
    const [row] = await ledger.chunkRows(id)
    await flipBit(join(bed.bed.folder(id), segment), () => (row?.offset ?? 0) + 3)
    expect(about(await bed.mend(), id)).toEqual(
      expect.arrayContaining(['damaged_bytes mended', 'orphan_object mended']),
    )
    expect(await bed.bed.files(id)).not.toContain(object)
    expect(await bed.storedDigest(id, 0)).toBe(toHex(someChunk({ seq: 0 }).sha256))
    expect(about(await bed.mend(), id)).toEqual([])
  })

  test('I4: stays while a chunk cannot be read, where nobody looks for other copies', async () => {
    const { id } = await bed.withOrphan()
    const writer = `server-${randomUUID()}`
    await ledger.sql`insert into instances (incarnation, stopped_at) values (${writer}, now())`
    const object = await orphanObject(id, writer)
    await ledger.sql`
      update chunks set "offset" = "offset" + 1 where recording_id = ${id} and seq = 1`
    const hourly = { ...BESIDE, isThorough: false }
    expect(about(await bed.mend(hourly), id)).toEqual(['orphan_object left'])
    expect(await bed.bed.files(id)).toContain(object)
  })

  test('stays while a compaction is at it', async () => {
    const { id } = await bed.withOrphan()
    const object = await orphanObject(id)
    await ledger.sql`insert into jobs (kind, key) values ('compaction', ${id})`
    expect(about(await bed.mend(), id)).toContain('orphan_object left')
    expect(await bed.bed.files(id)).toContain(object)
  })
})
