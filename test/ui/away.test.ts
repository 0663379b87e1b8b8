// The server goes away while a person records: they are told, nothing stops, and then all is safe.
import { expect, test } from 'vitest'
import { useVisit } from './visit.ts'

const visit = useVisit()

test('says that the server is not reached, keeps recording, and says when all is safe', async () => {
  const { page, world } = visit
  await page.getByRole('button', { name: /^Camera/ }).click()
  await page.getByRole('button', { name: 'Record', exact: true }).click()
  await page.getByText(/^\d+:(0[1-9]|[1-5]\d) safe on the server$/).waitFor()
  world.proxy.setLine('cut')
  await page.getByText('Server not reached', { exact: true }).waitFor()
  await page.getByText(/^Server not reached. Recording goes on/).waitFor()
  await page.getByText(/^([3-9]|[1-5]\d) s waiting here$/).waitFor()
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('heading', { name: 'Kept on this device' }).waitFor()
  expect(await page.getByText('Safe on the server', { exact: true }).count()).toBe(0)
  world.proxy.setLine('open')
  await page.getByRole('heading', { name: 'Safe on the server' }).waitFor({ timeout: 30_000 })
}, 60_000)

test('the next recording can begin while the last one still waits for the server', async () => {
  const { page, world } = visit
  await page.getByRole('button', { name: /^Camera/ }).click()
  await page.getByLabel('Title', { exact: true }).fill('The first')
  await page.getByRole('button', { name: 'Record', exact: true }).click()
  await page.getByText(/^\d+:(0[1-9]|[1-5]\d) safe on the server$/).waitFor()
  world.proxy.setLine('cut')
  await page.getByText(/^([2-9]|[1-5]\d) s waiting here$/).waitFor()
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('button', { name: 'Record another' }).click()
  await page.getByRole('button', { name: 'Record', exact: true }).waitFor()
  const banner = page.getByRole('region', { name: 'Sending the last seconds' })
  await banner.getByText('The first').waitFor()
  world.proxy.setLine('open')
  // It was not found here, but left by the person who is still there: said so, or as what a look around found.
  const done = page.getByRole('heading', { name: /safe on the server$/i, level: 2 })
  await done.waitFor({ timeout: 30_000 })
}, 60_000)
