// Finding a recording again: search, status, order, as they are typed, told, reloaded and kept true by what happens meanwhile.
import { expect, test } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Made, WireHttp } from '../support/wire-client.ts'
import { useVisit, withoutGone } from './visit.ts'

const visit = useVisit()

const http = () => new WireHttp(visit.world.server.url)
const rows = () => visit.page.locator('li.row')
const row = (title: string) => rows().filter({ hasText: title })
const field = () => visit.page.getByRole('textbox', { name: 'Search titles' })
const titles = () => visit.page.locator('li.row .row-title').allTextContents()
const untilTitles = (...expected: string[]) =>
  waitFor(`${expected.join()} to be listed`, async () => {
    return JSON.stringify(await titles()) === JSON.stringify(expected)
  })

/** `isWhole` = false: a chunk in its middle never came. */
async function make(title: string, { isWhole = true } = {}): Promise<Made> {
  const { slices, mimeType } = loadTake('webm-vp8-opus-ts1000-30s')
  const made = await http().create({ title })
  for (const seq of [0, 1, 2, 3]) {
    if (seq === 2 && !isWhole) continue
    const slice = slices[seq] ?? new Uint8Array(0)
    await http().put(made, { take: 0, seq }, slice, { 'Content-Type': mimeType })
  }
  const body = JSON.stringify({ token: made.token, takes: [{ take: 0, chunks: 4 }] })
  await http().call('POST', `/api/recordings/${made.id}/stop`, body)
  await http().untilStatus(made, isWhole ? 'ready' : 'incomplete', 1)
  return made
}

const rename = ({ id }: Made, title: string) =>
  http().call('PATCH', `/api/recordings/${id}`, JSON.stringify({ title }))

const removeAll = async () => {
  for (const { id } of await visit.world.api.list()) {
    await http().call('DELETE', `/api/recordings/${id}`)
  }
}

test('search, status and order narrow the list, and a reload shows the same', async () => {
  const { page } = visit
  await removeAll()
  await make('Alpha talk')
  await make('beta TALK', { isWhole: false })
  await make('Gamma')
  await page.reload()
  await untilTitles('Gamma', 'beta TALK', 'Alpha talk')
  await page.keyboard.press('/')
  await page.keyboard.type('talk')
  await untilTitles('beta TALK', 'Alpha talk')
  await page.getByRole('status').filter({ hasText: '2 recordings' }).waitFor({ state: 'attached' })
  await page.getByRole('combobox', { name: 'Sort' }).selectOption({ label: 'By title' })
  await untilTitles('Alpha talk', 'beta TALK')
  await page.getByRole('combobox', { name: 'Show' }).selectOption({ label: 'With gaps' })
  await untilTitles('beta TALK')

  await page.reload()
  await untilTitles('beta TALK')
  expect(await field().inputValue()).toBe('talk')
  const { searchParams } = new URL(page.url())
  expect(Object.fromEntries(searchParams)).toEqual({
    q: 'talk',
    show: 'incomplete',
    order: 'title',
  })

  // Esc clears the search and leaves the rest; once more, and the field is left.
  await field().press('Escape')
  expect(await field().inputValue()).toBe('')
  await waitFor('the address', () => !new URL(page.url()).searchParams.has('q'))
  await untilTitles('beta TALK')
  await field().press('Escape')
  expect(await field().evaluate((element) => element === document.activeElement)).toBe(false)
  expect(visit.errors).toEqual([])
})

test('what happens meanwhile keeps to what is looked for', async () => {
  const { page } = visit
  await removeAll()
  const first = await make('Kept first')
  await make('Elsewhere')
  await page.reload()
  await untilTitles('Elsewhere', 'Kept first')
  await field().fill('kept')
  await untilTitles('Kept first')
  const second = await make('Kept second')
  await untilTitles('Kept second', 'Kept first')
  const other = await make('Neither')
  await rename(first, 'Not any more')
  await untilTitles('Kept second')
  await rename(other, 'Kept after all')
  await untilTitles('Kept after all', 'Kept second')
  await http().call('DELETE', `/api/recordings/${second.id}`)
  await untilTitles('Kept after all')
  // A look at it may have been on its way.
  expect(withoutGone(visit.errors)).toEqual([])
})

test('where nothing matches it says so, and one press shows all again', async () => {
  const { page } = visit
  await make('Something')
  await row('Something').first().waitFor()
  await field().fill('no such words')
  await page.getByText('No title has “no such words” in it.').waitFor()
  await page
    .getByRole('status')
    .filter({ hasText: 'Nothing matches' })
    .waitFor({ state: 'attached' })
  await page.getByRole('button', { name: 'Show all recordings' }).click()
  await row('Something').first().waitFor()
  expect(await field().inputValue()).toBe('')
  expect(await field().evaluate((element) => element === document.activeElement)).toBe(true)
  expect(new URL(page.url()).search).toBe('')
})

test('an offer to undo stays while something else is looked for', async () => {
  const { page } = visit
  await make('To be undone')
  await page.getByRole('button', { name: 'Delete To be undone' }).click()
  const undo = page.getByRole('button', { name: 'Undo' })
  await undo.waitFor()
  await field().fill('undone')
  await waitFor('the answer', () => new URL(page.url()).searchParams.get('q') === 'undone')
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'))
  await undo.click()
  await row('To be undone').getByText('Ready').waitFor()
})

test('a server that does not answer is said, tried again by itself and at a press', async () => {
  const { page, world } = visit
  await make('Before it went')
  await row('Before it went').first().waitFor()
  let refusals = 0
  await page.route('**/api/recordings?*', async (route) => {
    refusals += 1
    await route.abort()
  })
  await field().fill('before')
  const notice = page.getByText(/^The list cannot be loaded/)
  await notice.waitFor()
  const asked = refusals
  await waitFor('another try by itself', () => refusals > asked)
  await page.unroute('**/api/recordings?*')
  await page.getByRole('button', { name: 'Try again' }).click()
  await row('Before it went').first().waitFor()
  await notice.waitFor({ state: 'detached' })
  expect(world.server.isRunning).toBe(true)
})

test('what is not there yet has its place: nothing moves when it comes', async () => {
  const { page } = visit
  await make('In its place')
  const coming = page.locator('.row.is-coming').first()
  let box: Awaited<ReturnType<typeof coming.boundingBox>> = null
  await page.route('**/api/recordings?*', async (route) => {
    box ??= await coming.boundingBox()
    await route.continue()
  })
  await page.reload()
  await rows().first().waitFor()
  const after = await rows().first().boundingBox()
  const [before, now] = [box ?? { y: 0, height: 0 }, after ?? { y: 1, height: 1 }]
  expect(before.height).toBeGreaterThan(60)
  expect(now.y).toBe(before.y)
  expect(Math.abs(now.height - before.height)).toBeLessThanOrEqual(2)
  await page.unroute('**/api/recordings?*')
})

test('after Stop the recording is named, shared and kept where it was made', async () => {
  const { page, world } = visit
  const id = await visit.recordFor(1_000)
  const panel = page.locator('.panel')
  const title = panel.getByLabel('Title', { exact: true })
  await title.fill('Named after it was made')
  await title.press('Enter')
  await row('Named after it was made').waitFor()
  expect(await world.api.read(id)).toMatchObject({ title: 'Named after it was made' })
  await panel.getByRole('button', { name: 'Link', exact: true }).click()
  await panel.getByRole('button', { name: 'Copy link' }).click()
  const link = panel.getByRole('textbox', { name: 'Link' })
  await link.waitFor()
  expect(await link.inputValue()).toContain(`/recordings/${id}?access=`)
  await panel.getByRole('button', { name: 'Download', exact: true }).click()
  const file = panel.getByRole('link', { name: /^WebM, \d+ kB$/ })
  const [download] = await Promise.all([page.waitForEvent('download'), file.click()])
  expect(download.suggestedFilename()).toBe('Named after it was made.webm')
  await download.cancel()
  expect(visit.errors).toEqual([])
})
