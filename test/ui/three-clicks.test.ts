// What a person who has never seen the page does: click, click, click, and it is saved.
import { expect, test } from 'vitest'
import { movedByItself } from './moved.ts'
import { recordingPage, useVisit } from './visit.ts'

const visit = useVisit()

test('three clicks and no typing lead to a recording that is ready to play', async () => {
  const { page, world } = visit
  const id = await visit.recordFor(1_000)
  const view = await world.api.waitForStatus(id, 'ready')
  expect(view.gaps).toEqual([])

  await page.getByRole('button', { name: 'Play', exact: true }).click()
  const player = recordingPage(page).locator('video')
  await player.waitFor()
  await page.waitForFunction(() => {
    const video = document.querySelector<HTMLVideoElement>('main.recording-page video')
    return video !== null && video.readyState >= HTMLMediaElement.HAVE_METADATA
  })
  expect(visit.errors).toEqual([])
})

test('who double-clicks Record goes on recording', async () => {
  const { page } = visit
  await page.getByRole('button', { name: /^Camera/ }).click()
  const record = page.getByRole('button', { name: 'Record', exact: true })
  const { x, y, width, height } = (await record.boundingBox()) ?? {
    x: 0,
    y: 0,
    width: 0,
    height: 0,
  }
  await page.mouse.move(x + width / 2, y + height / 2)
  await page.mouse.down()
  await page.mouse.up()
  const stop = page.getByRole('button', { name: 'Stop', exact: true })
  await stop.waitFor()
  // The browser counts it as the second of the same two.
  await page.mouse.down({ clickCount: 2 })
  await page.mouse.up({ clickCount: 2 })
  await page.getByText(/^\d+:(0[1-9]|[1-5]\d) safe on the server$/).waitFor()
  await stop.click()
  await page.getByRole('heading', { name: 'Safe on the server' }).waitFor()
})

test('the line says what is recorded, what is safe and what is waiting', async () => {
  const { page } = visit
  await page.getByRole('button', { name: /^Camera/ }).click()
  await page.getByRole('button', { name: 'Record', exact: true }).click()
  await page.getByText(/^\d+:\d\d recorded$/).waitFor()
  await page.getByText(/^\d+:(0[1-9]|[1-5]\d) safe on the server$/).waitFor()
  expect(await page.title()).toMatch(/^● \d+:\d\d · Holdfast$/)
  const icon = page.locator('link[rel="icon"]')
  expect(await icon.getAttribute('href')).toBe('/icons/favicon-recording.svg')
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('heading', { name: 'Safe on the server' }).waitFor()
  await page.waitForFunction(() => document.title === 'Holdfast')
  expect(visit.errors).toEqual([])
})

test('nothing on the page moves by itself while it loads', async () => {
  expect(await movedByItself(visit.page)).toEqual([])
})
