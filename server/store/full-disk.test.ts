// A disk that is really full: a tmpfs of a few megabytes. Needs to be root; else it says so and is skipped.
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { someChunk, someChunkFrame } from '../../test/support/chunks.ts'
import { codeOf } from '../../test/support/error-code.ts'
import type { StoredAt } from './chunk-store.ts'
import { type Disk, nodeDisk } from './disk.ts'
import { openLocalStore } from './local-store.ts'
import { scanSegment } from './segment-reader.ts'

const DISK_BYTES = 8 * 1024 * 1024
const CHUNK_BYTES = 100_000

/** Sees no reserve, so that the writes themselves meet the end of the disk. */
const unreserved: Disk = {
  ...nodeDisk,
  space: () => Promise.resolve({ freeBytes: 1e12, totalBytes: 1e12 }),
}

async function mountSmallDisk(): Promise<string | null> {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-full-'))
  const options = ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', root]
  if (spawnSync('mount', options).status === 0) return root
  await rm(root, { recursive: true })
  return null
}

async function unmount(root: string): Promise<void> {
  spawnSync('umount', [root])
  await rm(root, { recursive: true })
}

const it = test.extend('root', async ({ task: _task }, { onCleanup }) => {
  const root = await mountSmallDisk()
  onCleanup(() => (root ? unmount(root) : Promise.resolve()))
  return root
})

it('loses nothing acked when the disk is full, and goes on when there is room', async ({
  root,
  skip,
}) => {
  if (!root) {
    console.warn('SKIPPED: no tmpfs can be mounted here; a really full disk is not tried.')
    return skip('no tmpfs')
  }
  const store = await openLocalStore({ root, incarnation: 'a', disk: unreserved })
  const [old, id] = [randomUUID(), randomUUID()]
  await Promise.all(
    Array.from({ length: 20 }, (_, seq) =>
      store.append(old, someChunkFrame({ seq, length: CHUNK_BYTES })),
    ),
  )
  const append = (seq: number): Promise<StoredAt> =>
    store.append(id, someChunkFrame({ seq, length: CHUNK_BYTES }))
  const acked = new Map<number, StoredAt>()
  const refusals: string[] = []
  for (let seq = 0; refusals.length < 3; seq++) {
    const outcome = append(seq).then((at) => void acked.set(seq, at))
    const code = await codeOf(outcome)
    if (code !== 'no error') refusals.push(code)
  }
  expect(acked.size).toBeGreaterThan(50)
  expect(refusals).toEqual(['unavailable', 'unavailable', 'unavailable'])
  expect(await store.health()).toMatchObject({ state: 'failing' })

  await store.purge(old)
  acked.set(999, await append(999))
  expect(await store.health()).toMatchObject({ state: 'ok' })
  for (const [seq, at] of acked) {
    const bytes = await store.read(id, at, CHUNK_BYTES)
    expect(Buffer.compare(bytes, someChunk({ seq, length: CHUNK_BYTES }).bytes)).toBe(0)
  }
  const found = new Set<number>()
  for (const { segment, bytes } of await store.segments(id)) {
    for await (const entry of scanSegment(store.stream(id, { segment, offset: 0 }, bytes), bytes)) {
      if (entry.kind === 'chunk') found.add(entry.chunk.seq)
    }
  }
  expect([...acked.keys()].filter((seq) => !found.has(seq))).toEqual([])
  await store.close()
})
