// What the page is for those who listen: its landmarks, and what is spoken by itself. The rest: every-screen.test.ts.
import { expect, test } from 'vitest'
import { useVisit } from './visit.ts'

const visit = useVisit()

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
