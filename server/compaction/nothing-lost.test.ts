import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deleteRecording, readChunkPlaces } from '@holdfast/db'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CompactionSite, flipBit } from '../../test/support/compaction-site.ts'
import { TestLedger } from '../../test/support/ledger.ts'
import { readChunkFrame } from './stored-frames.ts'

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

describe('I4: nothing is dropped', () => {
  test('when the object does not read back as it was written', async () => {
    const id = await bed.recording()
    const before = await ledger.chunkRows(id)
    const lying = site.withWrite(async (recordingId, frames, about) => {
      const written = await store.writeObject(recordingId, frames, about)
      await flipBit(join(bed.folder(recordingId), written.segment), (bytes) => bytes >> 1)
      return written
    })
    await site.compactor({ store: lying }).sweep()
    expect(await ledger.chunkRows(id)).toEqual(before)
    expect(await site.metrics()).toContain('holdfast_compaction_total{outcome="failed"} 1')
    await site.retryNow()
    await site.compactor().sweep()
    expect(await site.objects(id)).toHaveLength(1)
    expect(await site.metrics()).toContain('holdfast_cleanup_orphans_total 1')
    expect(await bed.wrongChunks(id)).toEqual([])
  })

  test('when a chunk is damaged where it lies', async () => {
    const id = await bed.recording()
    const [row] = await ledger.chunkRows(id)
    const path = join(bed.folder(id), row?.segment ?? '')
    await flipBit(path, () => (row?.offset ?? 0) + 5)
    const before = await bed.files(id)
    await site.compactor().sweep()
    expect(await bed.files(id)).toEqual(before)
    expect(await ledger.chunkRows(id)).toContainEqual(row)
  })

  test('when the object is found damaged before the segments go', async () => {
    const id = await bed.recording()
    const compactor = site.compactor()
    await compactor.sweep()
    const [object = ''] = await site.objects(id)
    await flipBit(join(bed.folder(id), object), (bytes) => bytes >> 1)
    await site.keepNoLonger()
    await compactor.sweep()
    expect(await bed.files(id)).toHaveLength(4)
    expect(await site.metrics()).toContain('holdfast_cleanup_failures_total 1')
  })

  test('of a segment that is not understood to its end', async () => {
    const id = await bed.recording()
    const [first = ''] = await bed.files(id)
    await appendFile(
      join(bed.folder(id), first),
      new Uint8Array([0, 0, 0, 8, 99, 0, 0, 0, 0, 0, 0, 0]),
    )
    const compactor = site.compactor()
    await compactor.sweep()
    await site.keepNoLonger()
    await compactor.sweep()
    expect(await bed.files(id)).toEqual([first, ...(await site.objects(id))].sort())
    expect(await site.segmentsInRows(id)).toEqual(await site.objects(id))
  })

  test.each([
    ['create', 'ENOSPC'],
    ['writev', 'ENOSPC'],
    ['sync', 'EIO'],
    ['syncDirectory', 'EIO'],
  ])('when %s fails with %s, and no half object is left', async (op, code) => {
    const id = await bed.recording()
    const before = await bed.files(id)
    site.disk.failNext(op, code)
    await site.compactor().sweep()
    expect(await bed.files(id)).toEqual(before)
    expect(await bed.wrongChunks(id)).toEqual([])
    await site.retryNow()
    await site.compactor().sweep()
    expect(await site.objects(id)).toHaveLength(1)
  })

  test('R4: before the object and its name are synced no row points into it', async () => {
    const id = await bed.recording()
    const seen: unknown[] = []
    const watched = site.withWrite(async (recordingId, frames, about) => {
      site.disk.calls.length = 0
      const written = await store.writeObject(recordingId, frames, about)
      const changes = site.disk.calls.filter(({ op }) => op !== 'space' && op !== 'close')
      seen.push(changes.map(({ op }) => op).slice(0, 4), await site.segmentsInRows(id))
      return written
    })
    await site.compactor({ store: watched }).sweep()
    const before = (await bed.files(id)).filter((name) => !name.startsWith('object-'))
    expect(seen).toEqual([['create', 'writev', 'sync', 'syncDirectory'], expect.any(Array)])
    expect((seen[1] as string[]).toSorted()).toEqual(before)
    expect(site.disk.callsOn(bed.folder(id)).at(-1)).toBe('close')
  })

  test.each([
    ['below the disk reserve', 1],
    ['where the copy would use it up', 4e10 + 10_000],
  ])('%s nothing is copied, and it is tried later', async (_, freeBytes) => {
    const id = await bed.recording()
    site.disk.freeBytes = freeBytes
    site.disk.calls.length = 0
    await site.compactor().sweep()
    expect(await site.objects(id)).toEqual([])
    expect(await site.metrics()).toContain('holdfast_compaction_total{outcome="postponed"} 1')
    expect(site.disk.count('create')).toBe(0)
  })
})

test('a recording with more rows than one transaction moves is readable at every step', async () => {
  const id = await bed.longRecording(5200)
  const readAll = async () => {
    for await (const place of readChunkPlaces(ledger.db, id)) await readChunkFrame(store, id, place)
  }
  // Overtaken after the first of the moves.
  let commits = 0
  const db = new Proxy(ledger.db, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return async (...args: unknown[]) => {
        const result: unknown = await value.apply(target, args)
        if (name === 'transaction' && ++commits === 1) {
          await ledger.sql`update jobs set lease_epoch = lease_epoch + 1`
        }
        return result
      }
    },
  })
  await site.compactor({ db }).sweep()
  expect(await site.segmentsInRows(id)).toHaveLength(3)
  await readAll()
  await ledger.sql`update jobs set lease_until = null`
  await site.compactor().sweep()
  await readAll()
  const newest = await site.segmentsInRows(id)
  expect(newest).toHaveLength(1)
  await site.keepNoLonger()
  await site.compactor().sweep()
  expect(await bed.files(id)).toEqual(newest)
  await readAll()
})

describe('a deletion', () => {
  /** Deletes and purges when the object has been written this far. */
  async function purgedWhile(step: 'before' | 'during' | 'after'): Promise<string[]> {
    const id = await bed.recording()
    const purger = await bed.open('purger')
    const remove = async () => {
      await deleteRecording(ledger.db, id, 0)
      await purger.purge(id)
    }
    const watched = site.withWrite(async (recordingId, frames, about) => {
      if (step === 'before') await remove()
      const written = await store.writeObject(
        recordingId,
        step === 'during' ? cut(frames) : frames,
        about,
      )
      if (step === 'after') await remove()
      return written
    })
    async function* cut(frames: AsyncIterable<Uint8Array>) {
      let count = 0
      for await (const frame of frames) {
        count += 1
        if (count === 5) await remove()
        yield frame
      }
    }
    await site.compactor({ store: watched }).sweep()
    await purger.close()
    return bed.files(id).catch(() => [])
  }

  test.each(['before', 'during', 'after'] as const)('%s the copy leaves no byte', async (step) => {
    expect(await purgedWhile(step)).toEqual([])
  })

  test('is not undone by a move, and a restored recording is compacted later', async () => {
    const id = await bed.recording()
    const watched = site.withWrite(async (recordingId, frames, about) => {
      const written = await store.writeObject(recordingId, frames, about)
      await deleteRecording(ledger.db, id, 30_000)
      return written
    })
    await site.compactor({ store: watched }).sweep()
    expect(await site.objects(id)).toEqual([])
    expect(await site.segmentsInRows(id)).toHaveLength(3)
    await ledger.sql`update recordings set deleted_at = null where id = ${id}`
    await ledger.sql`update jobs set lease_until = now() - interval '1 s'`
    await site.compactor().sweep()
    expect(await site.objects(id)).toHaveLength(1)
  })
})
