// What every store's identity keeps, whatever the store is. Each implementation runs this suite beside its own tests.
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { StoreIdentity } from '../../server/store/store-identity.ts'

export type IdentityBed = {
  /** The same place, as another server sees it. */
  open(): StoreIdentity
  dispose(): Promise<void>
}

export function storeIdentityContract(name: string, makeBed: () => Promise<IdentityBed>): void {
  const identityTest = test.extend('bed', async ({ task: _task }, { onCleanup }) => {
    const bed = await makeBed()
    onCleanup(() => bed.dispose())
    return bed
  })

  describe(`the identity of ${name}`, () => {
    identityTest('is not there before somebody made it', async ({ bed }) => {
      expect(await bed.open().read()).toBeNull()
    })

    identityTest('stays what it was made first', async ({ bed }) => {
      const [first, second] = [randomUUID(), randomUUID()]
      expect(await bed.open().make(first)).toBe(first)
      expect(await bed.open().make(second)).toBe(first)
      expect(await bed.open().read()).toBe(first)
    })

    identityTest('is one for all who make it at once', async ({ bed }) => {
      const ids = Array.from({ length: 12 }, () => randomUUID())
      const made = await Promise.all(ids.map((id) => bed.open().make(id)))
      expect(new Set(made).size).toBe(1)
      expect(ids).toContain(made[0])
      expect(await bed.open().read()).toBe(made[0])
    })
  })
}
