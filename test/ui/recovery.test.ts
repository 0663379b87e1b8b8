// The next visit after a crash without a network: the page opens, shows what it found, and sends it by itself.
import { expect, test } from 'vitest'
import { createWorld } from '../support/world.ts'
import { storedKeys, writeRows } from './stored-keys.ts'

test('what a killed browser left is shown offline, plays, and is sent by itself', async () => {
  await using world = await createWorld()
  const first = await world.openPage()
  await first.waitUntilControlled()
  await first.start()
  await first.page.getByText(/^\d+:(0[1-9]|[1-5]\d) safe on the server$/).waitFor()
  world.proxy.setLine('cut')
  await first.page.getByText(/^([3-9]|[1-5]\d) s waiting here$/).waitFor()
  await world.killBrowser()

  const { page } = await world.openPage()
  const banner = page.getByRole('region', { name: 'Found a recording that was not fully sent' })
  await banner.waitFor()
  await banner.getByText('It stays on this device until the server answers.').waitFor()
  await banner.getByRole('button', { name: 'Play Untitled' }).click()
  const player = page.getByRole('dialog').locator('video')
  await player.waitFor()
  expect(await player.getAttribute('src')).toMatch(/^blob:/)
  await page.keyboard.press('Escape')

  world.proxy.setLine('open')
  await page.getByRole('heading', { name: /now safe on the server$/ }).waitFor({ timeout: 30_000 })
  const { id } = await world.api.firstRecording()
  await world.api.waitForStatus(id, 'ready')
  await page.getByRole('button', { name: 'Dismiss' }).click()
  await page.getByRole('listitem').getByText('Ready').waitFor()
}, 90_000)

test('what is discarded is asked for once more, and then gone', async () => {
  await using world = await createWorld()
  const first = await world.openPage()
  await first.waitUntilControlled()
  await first.start()
  await first.page.getByText(/^\d+:(0[1-9]|[1-5]\d) safe on the server$/).waitFor()
  world.proxy.setLine('cut')
  await first.page.getByText(/^([2-9]|[1-5]\d) s waiting here$/).waitFor()
  await world.killBrowser()

  const { page } = await world.openPage()
  await page.getByRole('button', { name: 'Discard Untitled' }).click()
  const question = page.getByRole('dialog', { name: 'Discard what is unsent?' })
  await question.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Discard Untitled' }).click()
  await question.getByRole('button', { name: 'Discard for good' }).click()
  await page.getByRole('button', { name: 'Discard Untitled' }).waitFor({ state: 'detached' })
  expect(await storedKeys(page)).toEqual([])
  await page.reload()
  await page.getByRole('heading', { name: 'What do you want to record?' }).waitFor()
  expect(await page.getByRole('button', { name: /^Discard/ }).count()).toBe(0)
}, 90_000)

test('what the service worker sends is shown all the same, and can be discarded', async () => {
  await using world = await createWorld()
  const first = await world.openPage()
  await first.waitUntilControlled()
  const id = '01890a5d-ac96-774b-bcce-b302099a8082'
  const createdAt = new Date().toISOString()
  // Nobody answers at this address: the worker would try for minutes.
  const server = 'http://127.0.0.1:9'
  const asked = { token: 'a-token-of-an-earlier-visit', server, created: false, ended: 'user' }
  const take = { take: 0, wire: 0, mimeType: 'video/webm', startedAt: createdAt, chunks: 1 }
  const chunk = { sha256: [], aligned: false, clusterMs: null, endMs: null, bytes: [1, 2, 3] }
  await writeRows(first.page, [
    [[id], { ...asked, id, createdAt, title: 'Held', metadata: null, bearer: null }],
    [[id, 0], { ...take, bytes: 3, endMs: 1_000 }],
    [[id, 0, 0], chunk],
  ])
  await first.page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready
    active?.postMessage({ type: 'holdfast:drain-all' })
  })
  await first.page.waitForFunction(async (name) => {
    const { held = [] } = await navigator.locks.query()
    return held.some((lock) => lock.name === name)
  }, `holdfast:${id}`)

  const { page } = await world.openPage()
  await page.getByRole('button', { name: 'Discard Held' }).click()
  await page.getByRole('button', { name: 'Discard for good' }).click()
  await page.getByRole('button', { name: 'Discard Held' }).waitFor({ state: 'detached' })
  expect(await storedKeys(page)).toEqual([])
}, 60_000)
