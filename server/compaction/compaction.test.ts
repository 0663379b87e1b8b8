import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { someChunk, someChunkFrame } from '../../test/support/chunks.ts'
import { CHUNKS, ORPHAN } from '../../test/support/compaction-bed.ts'
import { CompactionSite } from '../../test/support/compaction-site.ts'
import { TestLedger } from '../../test/support/ledger.ts'

let ledger: TestLedger
let site: CompactionSite
let bed: CompactionSite['bed']
let store: CompactionSite['store']

beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())
beforeEach(async () => {
  site = await CompactionSite.open(ledger)
  bed = site.bed
  store = site.store
})
afterEach(() => site.close())

describe('a recording that has been ready for a while', () => {
  test('becomes one object, chunks in their order, byte for byte', async () => {
    const id = await bed.recording()
    await site.compactor().sweep()
    const [object, ...others] = await site.objects(id)
    expect(others).toEqual([])
    expect(await site.segmentsInRows(id)).toEqual([object])
    const offsets = (await ledger.chunkRows(id)).map(({ offset }) => offset)
    expect(offsets).toEqual(offsets.toSorted((a, b) => a - b))
    expect(await bed.wrongChunks(id)).toEqual([])
    expect(await site.metrics()).toContain('holdfast_compaction_total{outcome="compacted"} 1')
  })

  test('I4: keeps its segments until their time is over, then only the object is left', async () => {
    const id = await bed.recording()
    const before = await bed.files(id)
    const compactor = site.compactor()
    await compactor.sweep()
    expect((await bed.files(id)).filter((name) => before.includes(name))).toEqual(before)
    await site.keepNoLonger()
    await compactor.sweep()
    expect(await bed.files(id)).toEqual(await site.objects(id))
    expect(await bed.wrongChunks(id)).toEqual([])
    expect(await site.metrics()).toContain('holdfast_cleanup_segments_total 3')
  })

  test('R13: leaves an object from which the ledger can be rebuilt as from its segments', async () => {
    const id = await bed.recording()
    const before = await bed.evidence(id, await bed.files(id))
    expect(before).toContainEqual(expect.stringMatching(`^${ORPHAN} `))
    await site.compactor().sweep()
    expect(await bed.evidence(id, await site.objects(id))).toEqual(before)
  })

  test('that is one segment already is left as it is', async () => {
    const id = await ledger.recording()
    await bed.store(store, id, 0)
    await store.closeSegment(id)
    await bed.settle(id)
    const before = await bed.files(id)
    expect(before).toHaveLength(1)
    await site.compactor().sweep()
    expect(await bed.files(id)).toEqual(before)
    expect(await site.metrics()).toContain('holdfast_compaction_total{outcome="nothing"} 1')
  })

  test('is compacted once, however many instances sweep at the same time', async () => {
    const ids = [await bed.recording(), await bed.recording(), await bed.recording()]
    const second = await bed.open('second')
    const other = site.compactor({ store: second })
    await Promise.all([site.compactor().sweep(), other.sweep(), site.compactor().sweep()])
    for (const id of ids) {
      expect(await site.objects(id)).toHaveLength(1)
      expect(await bed.wrongChunks(id)).toEqual([])
    }
    expect(await site.metrics()).toContain('holdfast_compaction_total{outcome="compacted"} 3')
    await second.close()
  })

  test('is not touched when compaction is switched off', async () => {
    const id = await bed.recording()
    await site.compactor({ afterMs: 0 }).sweep()
    expect(await site.objects(id)).toEqual([])
  })
})

describe('a late chunk', () => {
  test('is stored beside the object, and both become one later', async () => {
    const id = await bed.recording()
    const compactor = site.compactor()
    await compactor.sweep()
    expect(await bed.store(store, id, CHUNKS)).toBe('stored')
    await bed.settle(id)
    await compactor.sweep()
    await site.keepNoLonger()
    await compactor.sweep()
    expect(await bed.files(id)).toHaveLength(1)
    expect(await bed.wrongChunks(id, CHUNKS + 1)).toEqual([])
  })

  test('I1: of a process that still writes the old segment is not acked from there', async () => {
    const id = await bed.recording()
    const writer = await bed.open('writer')
    expect(await bed.store(writer, id, CHUNKS)).toBe('stored')
    await bed.settle(id)
    await site.compactor().sweep()
    expect(await bed.store(writer, id, CHUNKS + 1)).toBe('retired')
    await writer.closeSegment(id)
    expect(await bed.store(writer, id, CHUNKS + 1)).toBe('stored')
    await writer.close()
    await site.keepNoLonger()
    await site.compactor().sweep()
    expect(await bed.wrongChunks(id, CHUNKS + 2)).toEqual([])
  })

  test('and every record that lands in a replaced segment is taken into the next object', async () => {
    const id = await bed.recording()
    const writer = await bed.open('writer')
    await bed.store(writer, id, CHUNKS)
    const replaced = (await bed.files(id)).find((name) => name.startsWith('writer-'))
    await bed.settle(id)
    const compactor = site.compactor()
    await compactor.sweep()
    await writer.appendRecord(id, { kind: 'deleted', at: '2026-02-01T00:00:00Z', deleted: false })
    await site.keepNoLonger()
    await compactor.sweep()
    expect(await bed.files(id)).toContain(replaced)
    await compactor.sweep()
    await site.keepNoLonger()
    await compactor.sweep()
    expect(await bed.files(id)).toEqual(await site.objects(id))
    expect(await bed.evidence(id, await site.objects(id))).toContain('deleted')
    await writer.close()
  })
})

test('a server that stops breaks its copy off, leaves nothing of it, and gives the lease back', async () => {
  const id = await bed.recording()
  let stopped: Promise<void> | undefined
  const watched = site.withWrite((recordingId, frames, about) => {
    async function* cut() {
      let count = 0
      for await (const frame of frames) {
        count += 1
        if (count === 5) stopped = compactor.stop()
        yield frame
      }
    }
    return store.writeObject(recordingId, cut(), about)
  })
  const compactor = site.compactor({ store: watched })
  await compactor.sweep()
  await stopped
  expect(await site.objects(id)).toEqual([])
  await site.compactor().sweep()
  expect(await site.objects(id)).toHaveLength(1)
})

test('conflicting copies stay where they are', async () => {
  const id = await bed.recording()
  const key = await store.keepConflict(id, someChunk({ seq: 1, seed: 5 }))
  const compactor = site.compactor()
  await compactor.sweep()
  await site.keepNoLonger()
  await compactor.sweep()
  expect(await bed.files(id)).toEqual([key, ...(await site.objects(id))].sort())
})

test('a long silence of the compactor costs nothing: who overtook it wins', async () => {
  const id = await bed.recording()
  const slow = site.withWrite(async (recordingId, frames, about) => {
    const written = await store.writeObject(recordingId, frames, about)
    await ledger.sql`update jobs set lease_until = now() - interval '1 s'`
    await site.compactor().sweep()
    return written
  })
  await site.compactor({ store: slow }).sweep()
  expect(await site.objects(id)).toHaveLength(1)
  expect(await site.segmentsInRows(id)).toEqual(await site.objects(id))
  expect(await bed.wrongChunks(id)).toEqual([])
  await store.append(id, someChunkFrame({ seq: 900 }))
})
