// What was just recorded can be deleted where it is said to be safe, and brought back there. What is gone is not called safe.
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { useVisit } from './visit.ts'

const visit = useVisit()

const isListed = async (id: string) => (await visit.world.api.list()).some((one) => one.id === id)

// Before any test that installs a clock: it stays for all pages of the browser.
test('what is deleted elsewhere while it is called safe is not called so any more', async () => {
  const { page, world } = visit
  const title = `Elsewhere ${randomUUID()}`
  const id = await visit.recordFor(1_000, title)
  const answer = await fetch(`${world.server.url}/api/recordings/${id}`, { method: 'DELETE' })
  expect(answer.ok).toBe(true)
  const panel = page.locator('.stage .panel')
  await panel.getByRole('heading', { name: `Deleted “${title}”` }).waitFor()
  expect(await page.getByText('Safe on the server', { exact: true }).count()).toBe(0)
  expect(await panel.getByRole('button', { name: /^(Play|Link|Undo|Delete)$/ }).count()).toBe(0)
  // Also where the list had just asked for it.
  await waitFor(
    'its row to go',
    async () => (await page.locator('.row').filter({ hasText: title }).count()) === 0,
  )
  await panel.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('heading', { name: 'What do you want to record?' }).waitFor()
})

test('after Stop a recording is deleted, brought back, and deleted for good where it was made', async () => {
  const { page, world } = visit
  // Time goes as ever, but can be made to jump.
  await page.clock.install()
  await page.reload()
  const title = `Unwanted ${randomUUID()}`
  const id = await visit.recordFor(1_000, title)
  const panel = page.locator('.stage .panel')
  const isSafe = panel.getByRole('heading', { name: 'Safe on the server' })
  await panel.getByRole('button', { name: 'Delete', exact: true }).click()
  await panel.getByRole('heading', { name: `Deleted “${title}”` }).waitFor()
  await panel.getByText('It can be brought back for half a minute.').waitFor()
  expect(await isSafe.count()).toBe(0)
  expect(await panel.getByRole('button', { name: /^(Play|Link|Download)$/ }).count()).toBe(0)
  await waitFor('the deletion', async () => !(await isListed(id)))
  // The list offers it too: the keyboard stays where it was.
  const undo = panel.getByRole('button', { name: 'Undo' })
  expect(await undo.evaluate((element) => element === document.activeElement)).toBe(true)

  await undo.click()
  await isSafe.waitFor()
  await waitFor('it to be back', () => isListed(id))
  expect((await world.api.media(id)).length).toBeGreaterThan(1_000)

  await panel.getByRole('button', { name: 'Delete', exact: true }).click()
  await panel.getByRole('heading', { name: `Deleted “${title}”` }).waitFor()
  await waitFor('the deletion', async () => !(await isListed(id)))
  await page.clock.fastForward(30_000)
  await page.getByRole('heading', { name: 'What do you want to record?' }).waitFor()
  expect(await page.locator('.row, .stage').filter({ hasText: title }).count()).toBe(0)
}, 90_000)

test('what could not be brought back is not called safe', async () => {
  const { page, world } = visit
  const id = await visit.recordFor(1_000, `Gone ${randomUUID()}`)
  const panel = page.locator('.stage .panel')
  await panel.getByRole('button', { name: 'Delete', exact: true }).click()
  await waitFor('the deletion', async () => !(await isListed(id)))
  world.proxy.setLine('cut')
  await panel.getByRole('button', { name: 'Undo' }).click()
  await page.getByText(/^It was too late to bring/).waitFor()
  await page.getByRole('heading', { name: 'What do you want to record?' }).waitFor()
  expect(await page.getByText('Safe on the server', { exact: true }).count()).toBe(0)
  world.proxy.setLine('open')
}, 60_000)

test('camera and screen that were recorded together go together', async () => {
  const { page } = visit
  const before = new Set((await visit.world.api.list()).map(({ id }) => id))
  await page.getByRole('button', { name: /^Screen and camera/ }).click()
  await page.getByRole('button', { name: 'Record', exact: true }).click()
  await page.getByText(/^\d+:(0[1-9]|[1-5]\d) safe on the server$/).waitFor()
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  const panel = page.locator('.stage .panel')
  await panel.getByRole('button', { name: 'Delete', exact: true }).click()
  await panel.getByRole('button', { name: 'Undo' }).waitFor()
  const made = async () => (await visit.world.api.list()).filter(({ id }) => !before.has(id)).length
  await waitFor('both to be gone', async () => (await made()) === 0)
  await panel.getByRole('button', { name: 'Undo' }).click()
  await waitFor('both to be back', async () => (await made()) === 2)
  await panel.getByRole('heading', { name: 'Safe on the server' }).waitFor()
}, 90_000)

test.each([
  { width: 1280, isShown: true },
  { width: 800, isShown: true },
  { width: 640, isShown: false },
  { width: 320, isShown: false },
])(
  'at $width px the flag has its word: $isShown, and always its name',
  async ({ width, isShown }) => {
    const { page } = visit
    await page.setViewportSize({ width, height: 800 })
    await page.locator('.card').first().click()
    const button = page.getByRole('button', { name: 'Record', exact: true })
    const at = await button.boundingBox()
    await button.click()
    const mark = page.getByRole('button', { name: 'Mark this moment', exact: true })
    await mark.waitFor()
    expect(await mark.getByText('Mark', { exact: true }).isVisible()).toBe(isShown)
    // The second click needs no aim.
    const stop = await page.getByRole('button', { name: 'Stop', exact: true }).boundingBox()
    expect(stop?.x).toBe(at?.x)
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await page.getByRole('heading', { name: 'Safe on the server' }).waitFor()
  },
)
