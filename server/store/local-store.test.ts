import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { chunkStoreContract } from '../../test/contract/chunk-store.ts'
import { storeMarksContract } from '../../test/contract/store-marks.ts'
import { someChunkFrame } from '../../test/support/chunks.ts'
import { openLocalStore } from './local-store.ts'

async function makeBed() {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-store-'))
  return {
    open: (incarnation: string) =>
      openLocalStore({ root: join(folder, 'data/recordings'), incarnation }),
    dispose: () => rm(folder, { recursive: true }),
  }
}

chunkStoreContract('the local store', makeBed)
storeMarksContract('the local store', makeBed)

it('lets nobody else on the machine read a recording', async () => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-store-'))
  const store = await openLocalStore({ root, incarnation: 'a' })
  const id = randomUUID()
  const { segment } = await store.append(id, someChunkFrame())
  await store.close()
  const folder = join(root, id.slice(-2), id)
  expect((await stat(join(folder, segment))).mode & 0o777).toBe(0o600)
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
  expect((await stat(join(root, id.slice(-2)))).mode & 0o777).toBe(0o700)
  await rm(root, { recursive: true })
})

it('goes on in the segment that it has begun', async () => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-store-'))
  const store = await openLocalStore({ root, incarnation: 'a' })
  const id = randomUUID()
  const { segment } = await store.append(id, someChunkFrame())
  expect((await store.append(id, someChunkFrame({ seq: 1 }))).segment).toBe(segment)
  await store.close()
  await rm(root, { recursive: true })
})

it.each(['', 'a/b', '..', 'conflict', 'x'.repeat(65)])(
  'refuses the incarnation %j',
  async (name) => {
    const root = await mkdtemp(join(tmpdir(), 'holdfast-store-'))
    await expect(openLocalStore({ root, incarnation: name })).rejects.toThrow('incarnation')
    await rm(root, { recursive: true })
  },
)
