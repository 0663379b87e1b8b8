import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { someChunk, someChunkFrame } from '../../test/support/chunks.ts'
import { codeOf } from '../../test/support/error-code.ts'
import { faultyStoreTest as it, untilAsked } from '../../test/support/faulty-store.ts'

const GiB = 1024 ** 3

it('refuses what would not fit into memory, and takes it when there is room', async ({ bed }) => {
  const { disk, store, append } = await bed.open({ maxQueuedBytes: 10_000 })
  disk.stall()
  const waiting = Array.from({ length: 9 }, (_, seq) => append(seq))
  expect(await codeOf(append(9))).toBe('unavailable')
  expect(await store.health()).toMatchObject({ queuedBytes: 9 * 1052, state: 'ok' })
  disk.resume()
  await Promise.all(waiting)
  await append(9)
  expect(await store.health()).toMatchObject({ queuedBytes: 0 })
})

it('keeps the reserve of the disk, but takes totals and deletions below it', async ({ bed }) => {
  const { disk, store, id, append } = await bed.open()
  await append(0)
  disk.totalBytes = 100 * GiB
  disk.freeBytes = 2 * GiB - 1
  bed.clock.ms += 1000
  const [at, unused] = ['2025-01-02T03:04:05.000Z', null]
  const meta = { kind: 'meta', at, id, createdAt: at, tokenHash: new Uint8Array(32) } as const
  const rest = { title: unused, metadata: unused, groupId: unused, owner: unused, notify: unused }
  expect(await codeOf(append(1))).toBe('unavailable')
  expect(await codeOf(store.keepConflict(id, someChunk()))).toBe('unavailable')
  expect(await codeOf(store.appendRecord(id, { ...meta, ...rest, tokenMayDelete: false }))).toBe(
    'disk_full',
  )
  await store.appendRecord(id, { kind: 'totals', at, takes: [], reason: 'user' })
  await store.appendRecord(id, { kind: 'deleted', at, deleted: true })
  expect(await store.health()).toMatchObject({ reserve: 'low', state: 'ok' })
  disk.freeBytes = 2 * GiB
  bed.clock.ms += 1000
  await append(1)
})

it('keeps at least 256 MiB of a small disk', async ({ bed }) => {
  const { disk, append } = await bed.open()
  disk.totalBytes = GiB
  disk.freeBytes = 256 * 1024 ** 2 - 1
  bed.clock.ms += 1000
  expect(await codeOf(append(0))).toBe('unavailable')
})

it('asks for the free space at most once a second', async ({ bed }) => {
  const { disk, append } = await bed.open()
  for (let seq = 0; seq < 20; seq++) await append(seq)
  expect(disk.count('space')).toBe(1)
  bed.clock.ms += 1000
  await Promise.all([append(20), append(21)])
  expect(disk.count('space')).toBe(2)
})

it('goes on when the disk does not tell its free space', async ({ bed }) => {
  const { disk, store, append } = await bed.open()
  disk.failNext('space', 'ENOSYS')
  await append(0)
  disk.failNext('space', 'ENOSYS')
  expect(await store.health()).toMatchObject({ freeBytes: null, reserve: 'ok', state: 'ok' })
})

it('keeps few files open however many recordings write', async ({ bed }) => {
  const { disk, store } = await bed.open({ maxOpenSegments: 20, maxFlushes: 8 })
  const ids = Array.from({ length: 300 }, () => randomUUID())
  let mostOpen = 0
  const places = await Promise.all(
    ids.map(async (id, seq) => {
      const at = await store.append(id, someChunkFrame({ seq }))
      mostOpen = Math.max(mostOpen, disk.openFiles)
      return at
    }),
  )
  expect(mostOpen).toBeLessThanOrEqual(20 + 8)
  expect(await store.health()).toMatchObject({ openSegments: 20 })
  const [first = ''] = ids
  const again = await store.append(first, someChunkFrame({ seq: 1 }))
  expect(again.segment).not.toBe(places[0]?.segment)
  await store.close()
  expect(disk.openFiles).toBe(0)
})

it('gives up idle files when the process runs out of them', async ({ bed }) => {
  const { disk, store, append } = await bed.open()
  await append(0)
  disk.failNext('create', 'EMFILE')
  expect(await codeOf(store.append(randomUUID(), someChunkFrame()))).toBe('unavailable')
  expect(disk.openFiles).toBe(0)
})

it('counts what waits for the answer of a hanging disk, too', async ({ bed }) => {
  const { disk, append } = await bed.open({ maxQueuedBytes: 10_000 })
  disk.stall('space')
  const waiting = Array.from({ length: 9 }, (_, seq) => append(seq))
  expect(await codeOf(append(9))).toBe('unavailable')
  disk.resume()
  await Promise.all(waiting)
})

it('refuses what waits for a recording that is purged', async ({ bed }) => {
  const { disk, store, id, append } = await bed.open()
  await append(0)
  disk.stall()
  const inFlight = append(1)
  await untilAsked(disk, 'writev', 2)
  const waiting = codeOf(append(2))
  await store.health()
  const purged = store.purge(id)
  expect(await codeOf(append(3))).toBe('recording_deleted')
  disk.resume()
  await inFlight
  expect(await waiting).toBe('recording_deleted')
  await purged
  expect(await store.segments(id)).toEqual([])
  expect(disk.openFiles).toBe(0)
})
