import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { storeIdentityContract } from '../../test/contract/store-identity.ts'
import { FolderIdentity } from './store-identity.ts'

const makeRoot = () => mkdtemp(join(tmpdir(), 'holdfast-identity-'))

storeIdentityContract('a folder', async () => {
  const root = await makeRoot()
  return {
    open: () => new FolderIdentity(root),
    dispose: () => rm(root, { recursive: true }),
  }
})

it('leaves nothing else in the folder', async () => {
  const root = await makeRoot()
  await Promise.all(['a', 'b', 'c'].map((id) => new FolderIdentity(root).make(id)))
  expect(await readdir(root)).toEqual(['store-id'])
  await rm(root, { recursive: true })
})
