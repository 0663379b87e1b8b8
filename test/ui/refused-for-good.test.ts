// A server that takes nothing more of a recording: said while it runs, after Stop with the reason, and never that the rest is
// on its way. What is here can be kept, and the next recording begun.
import { stat } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { createWorld, type World } from '../support/world.ts'
import { storedKeys } from './stored-keys.ts'

/** In the page: everything that the panel after Stop says, from now on. */
function writeDown(): void {
  const said = new Set<string>()
  const read = () => said.add(document.querySelector('.stage .panel')?.textContent ?? '')
  new MutationObserver(read).observe(document.body, {
    childList: true,
    characterData: true,
    subtree: true,
  })
  Object.assign(globalThis, { said })
}

const written = (page: Page) =>
  page.evaluate(() => [...(globalThis as unknown as { said: Set<string> }).said].filter(Boolean))

async function record(world: World): Promise<Page> {
  const { page } = await world.openPage()
  await page.getByRole('button', { name: /^Camera/ }).click()
  await page.getByLabel('Title', { exact: true }).fill('Refused')
  await page.getByRole('button', { name: 'Record', exact: true }).click()
  return page
}

/** Stops; resolves with what the panel said on the way to its last word. */
async function stopAndRead(page: Page, reason: string): Promise<string[]> {
  await page.getByText(/^([2-9]|[1-5]\d) s waiting here$/).waitFor()
  await page.evaluate(writeDown)
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('heading', { name: `The recording ended early: ${reason}` }).waitFor()
  return await written(page)
}

const DELETED = 'The recording was deleted. Nothing more is accepted.'

test('deleted elsewhere while it records: says why, promises nothing, and keeps what is here', async () => {
  await using world = await createWorld()
  const page = await record(world)
  await page.getByText(/^\d+:(0[1-9]|[1-5]\d) safe on the server$/).waitFor()
  const [made] = await world.api.list()
  const answer = await fetch(`${world.server.url}/api/recordings/${made?.id}`, { method: 'DELETE' })
  expect(answer.ok).toBe(true)
  await page.getByRole('alert').getByText(`${DELETED} Recording goes on.`).waitFor()
  expect(await page.getByText('Server not reached').count()).toBe(0)

  const said = await stopAndRead(page, DELETED)
  expect(said.filter((text) => /automatically|as soon as|Sending|come back/.test(text))).toEqual([])
  expect(said.some((text) => text.includes(`Kept on this device${DELETED}`))).toBe(true)
  expect(await page.getByText('Safe on the server', { exact: true }).count()).toBe(0)
  await page.getByText('It stays on this device until you discard it.', { exact: false }).waitFor()

  await page.getByRole('button', { name: 'Keep a copy of Refused' }).click()
  const saved = page.waitForEvent('download')
  await page.getByRole('dialog').getByRole('link', { name: 'Download' }).click()
  expect((await stat(await (await saved).path())).size).toBeGreaterThan(1_000)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Discard Refused' }).click()
  await page.getByRole('button', { name: 'Discard for good' }).click()
  await page.getByRole('heading', { name: 'What do you want to record?' }).waitFor()
  expect(await storedKeys(page)).toEqual([])
}, 90_000)

test('longer than the server allows: says so, and the next recording begins while this one stays here', async () => {
  await using world = await createWorld({ env: { HOLDFAST_MAX_RECORDING_BYTES: '300000' } })
  const page = await record(world)
  const reason = 'The recording has reached its limit. Start a new recording.'
  await page.getByRole('alert').getByText(`${reason} Recording goes on.`).waitFor()
  const said = await stopAndRead(page, reason)
  expect(said.filter((text) => /automatically|as soon as|Sending|come back/.test(text))).toEqual([])

  await page.getByRole('button', { name: 'Record another' }).click()
  await page.getByRole('button', { name: 'Record', exact: true }).waitFor()
  const left = page.locator('.unsent-row').filter({ hasText: 'Refused' })
  await left.getByText(reason).waitFor()
  await left.getByRole('button', { name: 'Keep a copy of Refused' }).waitFor()
  await left.getByRole('button', { name: 'Discard Refused' }).waitFor()
  await page.getByRole('button', { name: 'Record', exact: true }).click()
  await page.getByText(/^\d+:(0[1-9]|[1-5]\d) safe on the server$/).waitFor()
}, 90_000)
