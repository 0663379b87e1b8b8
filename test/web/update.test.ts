// A new version of the app while somebody records: it waits.
import { expect, test } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import type { LibraryPage } from './library-entry.ts'
import { LibraryBrowser } from './library-page.ts'

declare const holdfast: LibraryPage

test('an update waits while a recording is made in any tab, and applies when none is', async () => {
  await using browser = await LibraryBrowser.create()
  const [maker, page] = [await browser.openTab(), await browser.openTab()]
  await page.evaluate(async () => {
    await navigator.serviceWorker.register('/service-worker.js', { type: 'module' })
    await navigator.serviceWorker.ready
  })
  await waitFor('the first worker to take over at once', () =>
    page.evaluate(() => navigator.serviceWorker.controller !== null),
  )
  const { id } = await maker.evaluate(() => holdfast.begin())
  await waitFor('the lock', () =>
    maker.evaluate(async (one) => (await holdfast.ownedIds()).has(one), id),
  )

  browser.workerVersion += 1
  const apply = () =>
    page.evaluate(async () => holdfast.applyUpdate(await navigator.serviceWorker.ready))
  expect(await apply()).toBe('none')
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update())
  await waitFor('the new version to wait', () =>
    page.evaluate(async () => (await navigator.serviceWorker.ready).waiting !== null),
  )
  expect(await apply()).toBe('waiting')

  await maker.close({ runBeforeUnload: false })
  await page.evaluate(() => {
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      Object.assign(globalThis, { changed: true })
    })
  })
  await waitFor('the update', async () => (await apply()) === 'applied')
  await waitFor('the new worker in charge', () => page.evaluate(() => 'changed' in globalThis))
}, 60_000)
