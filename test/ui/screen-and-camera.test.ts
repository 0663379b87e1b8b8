// Screen and camera in one go: two recordings of one group, one set of controls, one line that speaks for both.
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { createWorld } from '../support/world.ts'
import { recordingPage, useVisit } from './visit.ts'

const visit = useVisit()

type Grouped = { id: string; title: string; group: string | null; status: string; gaps: unknown[] }

async function start(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: /^Screen and camera/ }).click()
  await page.getByLabel('Preview of the camera').waitFor()
  await page.getByLabel('Preview of the screen').waitFor()
  await page.getByLabel('Title', { exact: true }).fill(title)
  await page.getByRole('button', { name: 'Record', exact: true }).click()
  await page.getByText(/^\d+:(0[1-9]|[1-5]\d) safe on the server$/).waitFor()
}

const made = async (world: typeof visit.world, title: string): Promise<Grouped[]> => {
  const all = (await world.api.list()) as unknown as Grouped[]
  return all
    .filter((one) => one.title.startsWith(title))
    .sort((a, b) => a.title.localeCompare(b.title))
}

async function expectPair(world: typeof visit.world, title: string): Promise<void> {
  const pair = await made(world, title)
  expect(pair.map((one) => one.title)).toEqual([`${title}, camera`, `${title}, screen`])
  expect(pair[0]?.group).toMatch(/^[\w-]{36}$/)
  expect(pair[1]?.group).toBe(pair[0]?.group)
  for (const { id } of pair) {
    expect((await world.api.waitForStatus(id, 'ready')).gaps).toEqual([])
  }
}

test('both are recorded, paused, stopped and safe as one, and play together', async () => {
  const { page, world } = visit
  await start(page, 'Lesson')
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByText('Paused', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Resume' }).click()
  world.proxy.setLine('cut')
  await page.getByText(/^Server not reached\. Recording goes on/).waitFor()
  await page.getByText(/^([2-9]|[1-5]\d) s waiting here$/).waitFor()
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('heading', { name: 'Kept on this device' }).waitFor()
  world.proxy.setLine('open')
  await page
    .getByRole('heading', { name: 'Safe on the server', exact: true })
    .waitFor({ timeout: 30_000 })
  await expectPair(world, 'Lesson')
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await recordingPage(page).getByRole('button', { name: 'Play together' }).waitFor()
}, 90_000)

test('when sharing is ended the camera goes on, and that is said', async () => {
  const { page, world } = visit
  await start(page, 'Shared for a while')
  await page.getByLabel('Preview of the screen').evaluate((video) => {
    const stream = (video as HTMLVideoElement).srcObject as MediaStream
    for (const track of stream.getTracks()) {
      track.stop()
      // As the browser's own "Stop sharing" does; a page that ends a track itself is not told.
      track.dispatchEvent(new Event('ended'))
    }
  })
  const alert = page.getByRole('alert')
  await alert.getByText('Sharing was ended. The camera is still being recorded.').waitFor()
  const before = await page.locator('.clock time').textContent()
  await page.waitForFunction((shown) => {
    return document.querySelector('.clock time')?.textContent !== shown
  }, before)
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('heading', { name: 'Safe on the server', exact: true }).waitFor()
  await expectPair(world, 'Shared for a while')
}, 60_000)

test('what a killed browser left of both is found and sent together', async () => {
  await using world = await createWorld()
  const { page } = await world.openPage()
  await start(page, 'Talk')
  world.proxy.setLine('cut')
  await page.getByText(/^([3-9]|[1-5]\d) s waiting here$/).waitFor()
  await world.killBrowser()
  const again = await world.openPage()
  await again.page
    .getByRole('region', { name: 'Found 2 recordings that were not fully sent' })
    .waitFor()
  world.proxy.setLine('open')
  const done = again.page.getByRole('heading', { name: /now safe on the server$/ })
  await done.waitFor({ timeout: 30_000 })
  await expectPair(world, 'Talk')
}, 90_000)
