// The page's buffer as IndexedDB has it, read and damaged from outside: the page itself shows no such thing.
import type { Page } from 'playwright-core'

/** What lies in the buffer: one key for each row. */
export function storedKeys(page: Page): Promise<(string | number)[][]> {
  return page.evaluate(async () => {
    const opening = indexedDB.open('holdfast')
    await new Promise((resolve) => opening.addEventListener('success', resolve))
    const keys = opening.result.transaction('buffer').objectStore('buffer').getAllKeys()
    await new Promise((resolve) => keys.addEventListener('success', resolve))
    opening.result.close()
    return keys.result as (string | number)[][]
  })
}

/** Writes rows, or deletes those whose value is null. */
export async function writeRows(
  page: Page,
  rows: readonly (readonly [key: (string | number)[], value: unknown])[],
): Promise<void> {
  await page.evaluate(async (changes) => {
    const opening = indexedDB.open('holdfast')
    opening.onupgradeneeded = () => opening.result.createObjectStore('buffer')
    await new Promise((resolve) => opening.addEventListener('success', resolve))
    const work = opening.result.transaction('buffer', 'readwrite')
    for (const [key, value] of changes) {
      if (value === null) work.objectStore('buffer').delete(key)
      else work.objectStore('buffer').put(value, key)
    }
    await new Promise((resolve) => work.addEventListener('complete', resolve))
    opening.result.close()
  }, rows)
}
