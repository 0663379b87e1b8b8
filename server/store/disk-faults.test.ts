import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chunkFrame } from '@holdfast/protocol'
import { expect } from 'vitest'
import { someChunk, someChunkFrame } from '../../test/support/chunks.ts'
import { codeOf } from '../../test/support/error-code.ts'
import { faultyStoreTest as it, untilAsked } from '../../test/support/faulty-store.ts'
import { waitFor } from '../../test/support/wait-for.ts'
import { folderPath } from './recording-folder.ts'

it('syncs a new segment and then every directory that leads to it', async ({ bed }) => {
  const { disk, append, id } = await bed.open()
  const { segment } = await append(0)
  const folder = folderPath(bed.root, id)
  const synced = disk.calls.filter(({ op }) => op === 'sync' || op === 'syncDirectory')
  expect(synced.map((call) => call.path)).toEqual([
    join(folder, segment),
    folder,
    join(folder, '..'),
    bed.root,
  ])
  expect(disk.calls.findIndex((call) => call.op === 'writev')).toBeLessThan(
    disk.calls.findIndex((call) => call.op === 'sync'),
  )
})

it('answers an append only after its sync', async ({ bed }) => {
  const { disk, append } = await bed.open()
  await append(0)
  disk.stall()
  let isStored = false
  const later = append(1).then(() => {
    isStored = true
  })
  await untilAsked(disk, 'writev', 2)
  expect(isStored).toBe(false)
  disk.resume()
  await later
  expect(disk.calls.map(({ op }) => op).slice(-3)).toEqual(['writev', 'datasync', 'rename'])
})

it('asks behind the last sync of a new segment whether the file system still writes', async ({
  bed,
}) => {
  const { disk, append } = await bed.open()
  await append(0)
  const ops = disk.calls.map(({ op }) => op)
  expect(ops.indexOf('rename')).toBeGreaterThan(ops.lastIndexOf('syncDirectory'))
})

it('shares one write and one sync among all frames that came meanwhile', async ({ bed }) => {
  const { disk, append } = await bed.open()
  await append(0)
  disk.stall()
  const first = append(1)
  await untilAsked(disk, 'writev', 2)
  const rest = Array.from({ length: 200 }, (_, i) => append(2 + i))
  disk.resume()
  await Promise.all([first, ...rest])
  expect(disk.count('datasync')).toBe(2)
  expect(disk.count('writev')).toBe(3)
})

it('goes on after short writes until every byte is written', async ({ bed }) => {
  const { disk, store, id, append } = await bed.open()
  disk.maxWriteBytes = 7
  const places = await Promise.all([0, 1, 2].map(append))
  expect(disk.count('writev')).toBeGreaterThan(400)
  for (const [seq, at] of places.entries()) {
    expect(await store.read(id, at, 1000)).toEqual(someChunk({ seq }).bytes)
  }
})

it('refuses rather than loops when a write takes nothing', async ({ bed }) => {
  const { disk, append } = await bed.open()
  disk.maxWriteBytes = 0
  expect(await codeOf(append(0))).toBe('unavailable')
})

it.for(['writev', 'datasync', 'rename'])(
  'never touches a segment again whose %s failed',
  async (op, { bed }) => {
    const { disk, store, id, append } = await bed.open()
    const before = await append(0)
    disk.failNext(op, 'EIO')
    expect(await codeOf(append(1))).toBe('unavailable')
    disk.calls.length = 0
    const after = await append(1)
    expect(after.segment).not.toBe(before.segment)
    expect(disk.callsOn(before.segment)).toEqual([])
    expect(disk.openFiles).toBe(1)
    expect(await store.read(id, before, 1000)).toEqual(someChunk({ seq: 0 }).bytes)
    expect(await store.read(id, after, 1000)).toEqual(someChunk({ seq: 1 }).bytes)
  },
)

it.for(['create', 'makeDirectory', 'sync', 'syncDirectory', 'rename'])(
  'acks nothing when the %s of a new segment fails, and takes the next try',
  async (op, { bed }) => {
    const { disk, append } = await bed.open()
    disk.failNext(op, 'EIO')
    expect(await codeOf(append(0))).toBe('unavailable')
    const { segment } = await append(0)
    expect(disk.callsOn(segment)).toContain('sync')
    expect(disk.openFiles).toBe(1)
  },
)

it('refuses everything that waited for the failed sync', async ({ bed }) => {
  const { disk, append } = await bed.open()
  await append(0)
  disk.stall()
  disk.failNext('datasync', 'EIO')
  const inFlight = append(1)
  await untilAsked(disk, 'writev', 2)
  const waiting = [append(2), append(3)]
  disk.resume()
  expect(await Promise.all([inFlight, ...waiting].map(codeOf))).toEqual(
    Array.from({ length: 3 }, () => 'unavailable'),
  )
})

it('marks the failed segment, tells who listens, and keeps the other recordings going', async ({
  bed,
}) => {
  const { disk, store, id, append } = await bed.open()
  const { segment } = await append(0)
  disk.failNext('datasync', 'EIO')
  await codeOf(append(1))
  await store.append(randomUUID(), someChunkFrame())
  expect(bed.failures).toMatchObject([{ recordingId: id, segment }])
  expect(await store.segments(id)).toMatchObject([{ segment, isQuarantined: true }])
  const mark = join(folderPath(bed.root, id), `${segment}.quarantined`)
  expect(await readFile(mark, 'utf8')).toContain('EIO')
})

it('is failing from a failed sync until a write succeeds', async ({ bed }) => {
  const { disk, store, append } = await bed.open()
  await append(0)
  disk.failNext('datasync', 'EIO')
  await codeOf(append(1))
  disk.failNext('create', 'EIO')
  expect(await store.health()).toMatchObject({ state: 'failing', lastError: 'EIO: injected' })
  await append(1)
  expect(await store.health()).toMatchObject({ state: 'ok' })
})

it('finds out by itself that an idle disk works again', async ({ bed }) => {
  const { disk, store, append } = await bed.open()
  disk.failNext('create', 'EROFS')
  await codeOf(append(0))
  disk.failNext('create', 'EROFS')
  expect(await store.health()).toMatchObject({ state: 'failing' })
  expect(await store.health()).toMatchObject({ state: 'failing' })
  bed.clock.ms += 1000
  expect(await store.health()).toMatchObject({ state: 'ok' })
})

it('does not call a disk well because an older write came through', async ({ bed }) => {
  const { disk, store } = await bed.open()
  const [slow, broken] = [randomUUID(), randomUUID()]
  await store.append(slow, someChunkFrame())
  disk.stall()
  const older = store.append(slow, someChunkFrame({ seq: 1 }))
  await waitFor(
    'the older write',
    () => disk.callsOn(slow).filter((op) => op === 'writev').length === 2,
  )
  disk.failNext('makeDirectory', 'EIO')
  const newer = codeOf(store.append(broken, someChunkFrame()))
  await waitFor('the newer write', () => disk.callsOn(broken).length > 0)
  disk.resume()
  await older
  await newer
  disk.failNext('create', 'EIO')
  expect(await store.health()).toMatchObject({ state: 'failing' })
})

it('leaves no half conflicting copy under its key', async ({ bed }) => {
  const { disk, store, id } = await bed.open()
  disk.failNext('sync', 'EIO')
  expect(await codeOf(store.keepConflict(id, someChunk()))).toBe('unavailable')
  expect(await store.segments(id)).toEqual([])
  await store.keepConflict(id, someChunk())
  expect(await store.segments(id)).toHaveLength(1)
  expect(disk.openFiles).toBe(0)
})

it('never writes to a file that is there already', async ({ bed }) => {
  const { store, id, append } = await bed.open()
  const { segment } = await append(0)
  await store.close()
  const path = join(folderPath(bed.root, id), segment)
  const size = (await readFile(path)).length
  await writeFile(join(folderPath(bed.root, id), 'a-1.seg'), 'someone else’s')
  const { store: again } = await bed.open()
  expect(await codeOf(again.append(id, chunkFrame(someChunk())))).toBe('unavailable')
  expect((await readFile(path)).length).toBe(size)
})
