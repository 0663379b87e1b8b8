// Names, roles and sizes in every state of the page, asked from the browser's own accessibility tree.
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { useVisit } from './visit.ts'

const visit = useVisit()

type AxNode = { ignored: boolean; role?: { value: string }; name?: { value: string } }

const NEEDS_NAME = new Set(['button', 'link', 'textbox', 'combobox', 'dialog', 'region', 'Video'])

async function namelessNodes(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page)
  const { nodes } = (await session.send('Accessibility.getFullAXTree')) as unknown as {
    nodes: AxNode[]
  }
  await session.detach()
  return nodes
    .filter(({ ignored, role }) => !ignored && NEEDS_NAME.has(role?.value ?? ''))
    .filter(({ name }) => !name?.value.trim())
    .map(({ role }) => role?.value ?? '')
}

/** Controls that a finger would miss: smaller than 44 px in a direction. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('button, a[href], select, input')]
      .filter((element) => element.checkVisibility() && !element.matches('.skip'))
      .filter((element) => {
        const { width, height } = element.getBoundingClientRect()
        return width < 44 || height < 44
      })
      .map((element) => element.outerHTML.slice(0, 120)),
  )
}

async function expectUsable(page: Page): Promise<void> {
  expect(await namelessNodes(page)).toEqual([])
  expect(await smallTargets(page)).toEqual([])
  expect(await page.getByRole('heading', { level: 1 }).count()).toBeLessThanOrEqual(1)
}

test('every control has a name and room for a finger, in every phase', async () => {
  const { page } = visit
  await expectUsable(page)
  await visit.recordFor(1_000, 'A talk')
  await expectUsable(page)
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await page.getByRole('dialog', { name: 'A talk' }).waitFor()
  await expectUsable(page)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Record again' }).click()
  await page.getByRole('button', { name: 'Record', exact: true }).waitFor()
  await expectUsable(page)
})

test('the page has its landmarks', async () => {
  const { page } = visit
  await page.getByRole('main').waitFor()
  expect(await page.getByRole('banner').count()).toBe(1)
  expect(await page.getByRole('region', { name: 'Recordings' }).count()).toBe(1)
  expect(await page.getByRole('region', { name: 'Record', exact: true }).count()).toBe(1)
})

test('the running clock is not spoken, changes of state are', async () => {
  const { page } = visit
  await page.getByRole('button', { name: /^Camera/ }).click()
  await page.getByRole('button', { name: 'Record', exact: true }).click()
  await page.getByRole('status').getByText('Recording started').waitFor({ state: 'attached' })
  const isSpoken = await page.evaluate(() => {
    const live = '[role="status"], [role="alert"], [aria-live]'
    return [...document.querySelectorAll('.clock, .safety-words')].some((part) =>
      part.closest(live),
    )
  })
  expect(isSpoken).toBe(false)
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('heading', { name: 'Safe on the server' }).waitFor()
})

test.each([320, 375, 640, 1280])('nothing is cut off at %d px', async (width) => {
  const { page } = visit
  await page.setViewportSize({ width, height: 800 })
  const overflow = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(await overflow()).toBeLessThanOrEqual(0)
  await page.getByRole('button', { name: /^Camera/ }).click()
  await page.getByRole('button', { name: 'Record', exact: true }).waitFor()
  expect(await overflow()).toBeLessThanOrEqual(0)
})
