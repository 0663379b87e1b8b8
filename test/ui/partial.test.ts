// A part that did not reach the server: said in so many words, never called safe, and offered to be kept.
import { expect, test } from 'vitest'
import { storedKeys, writeRows } from './stored-keys.ts'
import { useVisit } from './visit.ts'

const visit = useVisit()

test('a recording of which a part is gone is not called safe', async () => {
  const { page, world } = visit
  await page.getByRole('button', { name: /^Camera/ }).click()
  await page.getByRole('button', { name: 'Record', exact: true }).click()
  await page.getByText(/^\d+:(0[1-9]|[1-5]\d) safe on the server$/).waitFor()
  world.proxy.setLine('cut')
  await page.getByText(/^([3-9]|[1-5]\d) s waiting here$/).waitFor()
  const newest = (await storedKeys(page)).findLast((key) => key.length === 3) ?? []
  await writeRows(page, [[newest, null]])
  world.proxy.setLine('open')
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  const alert = page.getByRole('alert')
  await alert.getByRole('heading', { name: 'A part is not on the server' }).waitFor()
  await alert.getByText('A part that was stored on this device is gone.').waitFor()
  expect(await page.getByText('Safe on the server', { exact: true }).count()).toBe(0)
  // There is nothing to keep, and nothing waits.
  expect(await page.getByRole('button', { name: /^(Keep|Discard)/ }).count()).toBe(0)
  await page.getByRole('listitem').getByText('Has gaps').waitFor()
  await page.getByRole('button', { name: 'Record another' }).waitFor()
}, 60_000)

test('what the server refused in an earlier visit is shown, can be kept, and goes only when it is discarded', async () => {
  const { page, errors } = visit
  const id = '01890a5d-ac96-774b-bcce-b302099a8081'
  const createdAt = new Date().toISOString()
  const asked = { token: 'a-token-of-an-earlier-visit', server: new URL(page.url()).origin }
  const row = { ...asked, id, createdAt, title: 'Refused', metadata: null, bearer: null }
  const take = { take: 0, wire: 0, mimeType: 'video/webm', startedAt: createdAt, chunks: 1 }
  const bytes = { sha256: [], aligned: false, clusterMs: null, endMs: null }
  await writeRows(page, [
    [[id], { ...row, created: true, ended: 'user' }],
    [[id, 0], { ...take, bytes: 4, endMs: 4_000 }],
    [[id, 0, 0], { ...bytes, bytes: [1, 2, 3, 4] }],
    [[id, 0, 0, 'chunk_conflict'], true],
  ])
  await page.reload()
  const banner = page.getByRole('region', { name: 'Found a recording that was not fully sent' })
  await banner.getByText(/^The rest is safe on the server\./).waitFor()
  await banner.getByText('Another chunk is stored under this number.', { exact: false }).waitFor()
  await banner.getByRole('button', { name: 'Keep a copy of Refused' }).click()
  await page.getByRole('dialog').getByRole('link', { name: 'Download' }).waitFor()
  await page.keyboard.press('Escape')
  expect(await storedKeys(page)).toHaveLength(4)
  await banner.getByRole('button', { name: 'Discard Refused' }).click()
  await page.getByRole('button', { name: 'Discard for good' }).click()
  await banner.waitFor({ state: 'detached' })
  expect(await storedKeys(page)).toEqual([])
  expect(errors).toEqual([])
}, 60_000)
