// The row of a recording that is being made: it grows where it is made, and where others watch.
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { useVisit } from './visit.ts'

const visit = useVisit()

/** The length and the size that the row says, in seconds and in its own words. */
async function readRow(page: Page, title: string): Promise<{ seconds: number; size: string }> {
  const row = page.getByRole('listitem').filter({ hasText: title })
  const inTime = { timeout: 1_000 }
  const clock = (await row.locator('time').nth(1).textContent(inTime)) ?? ''
  const size = (await row.locator('.row-state .soft').textContent(inTime)) ?? ''
  const [minutes = 0, seconds = 0] = clock.split(':').map(Number)
  return { seconds: minutes * 60 + seconds, size }
}

async function untilItGrows(page: Page, title: string): Promise<void> {
  const first = await waitFor('a length and a size', () => readRow(page, title))
  await waitFor('both to grow', async () => {
    const now = await readRow(page, title)
    return now.seconds > first.seconds && now.size !== first.size
  })
}

async function beginRecording(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: /^Camera/ }).click()
  await page.getByLabel('Title', { exact: true }).fill(title)
  await page.getByRole('button', { name: 'Record', exact: true }).click()
  await page.getByText(/^\d+:(0[1-9]|[1-5]\d) safe on the server$/).waitFor()
}

test('the row grows while it is recorded, here and for those who only watch', async () => {
  const { page, world } = visit
  await beginRecording(page, 'Being made')
  await untilItGrows(page, 'Being made')

  const watching = await world.openPage()
  await untilItGrows(watching.page, 'Being made')
  expect(watching.errors).toEqual([])

  await page.bringToFront()
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('heading', { name: 'Safe on the server' }).waitFor()
  expect(visit.errors).toEqual([])
}, 60_000)

test('the row says what the server has, and not what still waits here', async () => {
  const { page, world } = visit
  await beginRecording(page, 'Cut off')
  world.proxy.setLine('cut')
  await page.getByText(/^([3-9]|[1-5]\d) s waiting here$/).waitFor()
  const { seconds } = await readRow(page, 'Cut off')
  await page.getByText(`0:0${seconds} safe on the server`).waitFor()
  world.proxy.setLine('open')
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('heading', { name: 'Safe on the server' }).waitFor({ timeout: 30_000 })
}, 60_000)
