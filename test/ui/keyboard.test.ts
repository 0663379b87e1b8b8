// The page without a mouse.
import { expect, test } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { useVisit } from './visit.ts'

const visit = useVisit()

const button = (name: string) => visit.page.getByRole('button', { name, exact: true })
const focused = () =>
  visit.page.evaluate(() => document.activeElement?.textContent?.trim() ?? 'nothing')

test('R chooses, records and stops; P pauses and goes on; the focus follows', async () => {
  const { page } = visit
  await page.keyboard.press('r')
  await button('Record').waitFor()
  await waitFor('the focus on Record', async () => (await focused()) === 'Record')
  await page.keyboard.press('r')
  await button('Stop').waitFor()
  expect(await focused()).toBe('Stop')
  await page.keyboard.press('p')
  await button('Resume').waitFor()
  await page.keyboard.press('p')
  await button('Pause').waitFor()
  await page.keyboard.press('r')
  await page.getByRole('heading', { name: 'Safe on the server' }).waitFor()
  expect(visit.errors).toEqual([])
})

test('Space on a focused button presses it once and starts no second recording', async () => {
  const { page, world } = visit
  const before = (await world.api.list()).length
  await page.keyboard.press('r')
  await waitFor('the focus on Record', async () => (await focused()) === 'Record')
  await page.keyboard.press('Space')
  await button('Stop').waitFor()
  await page.keyboard.press('Space')
  await page.getByRole('heading', { name: 'Safe on the server' }).waitFor()
  await waitFor('one recording more', async () => (await world.api.list()).length === before + 1)
})

test('letters typed into the title stay in the title', async () => {
  const { page } = visit
  await page.keyboard.press('r')
  const title = page.getByLabel('Title', { exact: true })
  await title.click()
  await page.keyboard.type('r p ?')
  expect(await title.inputValue()).toBe('r p ?')
  expect(await button('Record').isVisible()).toBe(true)
  expect(await page.getByRole('dialog').count()).toBe(0)
})

test('? shows the keys, Esc closes them and then puts the camera away', async () => {
  const { page } = visit
  await page.keyboard.press('r')
  await button('Record').waitFor()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard and help' }).waitFor()
  await page.keyboard.press('Escape')
  await waitFor('the dialog to close', async () => (await page.getByRole('dialog').count()) === 0)
  expect(await button('Record').isVisible()).toBe(true)
  await page.keyboard.press('Escape')
  await page.getByRole('heading', { name: 'What do you want to record?' }).waitFor()
})

test('Tab reaches every choice, and what has the focus shows it', async () => {
  const { page } = visit
  const seen: string[] = []
  for (let presses = 0; presses < 6; presses++) {
    await page.keyboard.press('Tab')
    const { text, outline } = await page.evaluate(() => {
      const element = document.activeElement ?? document.body
      return { text: element.textContent ?? '', outline: getComputedStyle(element).outlineStyle }
    })
    expect(outline, text).toBe('solid')
    seen.push(text)
  }
  for (const source of ['Camera', 'Microphone', 'Screen']) {
    expect(seen.some((text) => text.startsWith(source))).toBe(true)
  }
})
