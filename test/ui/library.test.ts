// The list of recordings: live, playable, and forgiving.
import { expect, test } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { recordingPage, useVisit, withoutGone } from './visit.ts'

const visit = useVisit()

const row = (title: string) => visit.page.getByRole('listitem').filter({ hasText: title })

test('a recording made in one tab appears and becomes ready in another without a reload', async () => {
  const other = await visit.world.openPage()
  await other.page.getByRole('heading', { name: 'Recordings' }).waitFor()
  await visit.recordFor(1_000, 'From the first tab')
  const there = other.page.getByRole('listitem').filter({ hasText: 'From the first tab' })
  await there.getByText('Ready').waitFor()
  expect(other.errors).toEqual([])
  await other.page.close()
})

test('the player shows the length and seeks', async () => {
  const { page } = visit
  await visit.recordFor(2_000, 'To be played')
  await row('To be played').getByText('Ready').waitFor()
  await row('To be played')
    .getByRole('button', { name: /^To be played/ })
    .click()
  const seeked = await recordingPage(page)
    .locator('video')
    .evaluate(async (element) => {
      const video = element as HTMLVideoElement
      const once = (type: string) =>
        new Promise((resolve) => video.addEventListener(type, resolve, { once: true }))
      if (video.readyState < HTMLMediaElement.HAVE_METADATA) await once('loadedmetadata')
      const done = once('seeked')
      video.currentTime = video.duration / 2
      await done
      return { duration: video.duration, at: video.currentTime }
    })
  expect(seeked.duration).toBeGreaterThan(1.5)
  expect(Number.isFinite(seeked.duration)).toBe(true)
  expect(seeked.at).toBeCloseTo(seeked.duration / 2, 1)
  expect(visit.errors).toEqual([])
})

test('a deleted recording can be brought back from where it was', async () => {
  const { page, world } = visit
  const id = await visit.recordFor(1_000, 'Deleted by mistake')
  await row('Deleted by mistake').getByText('Ready').waitFor()
  await page.getByRole('button', { name: 'Delete Deleted by mistake' }).click()
  // The stage offers it too: the keyboard stays where it was.
  const undo = page.locator('.row').getByRole('button', { name: 'Undo' })
  await waitFor('the server to hide it', async () => {
    const all = await world.api.list()
    return !all.some((recording) => recording.id === id)
  })
  expect(await undo.evaluate((element) => element === document.activeElement)).toBe(true)
  await undo.click()
  await row('Deleted by mistake').getByText('Ready').waitFor()
  await waitFor('the server to show it', async () => (await world.api.read(id)).status === 'ready')
  expect(withoutGone(visit.errors)).toEqual([])
})

test('what is being recorded cannot be deleted by a slip, in the list or on its page', async () => {
  const { page } = visit
  await page.getByRole('button', { name: /^Camera/ }).click()
  await page.getByLabel('Title', { exact: true }).fill('Running')
  await page.getByRole('button', { name: 'Record', exact: true }).click()
  await row('Running').getByText('Recording', { exact: true }).waitFor()
  await row('Running').getByRole('link', { name: 'Download Running' }).waitFor()
  const remove = page.getByRole('button', { name: /^Delete/ })
  expect(await row('Running').getByRole('button', { name: 'Delete Running' }).count()).toBe(0)
  await row('Running').locator('.row-open').click()
  await recordingPage(page).getByRole('button', { name: 'Rename' }).waitFor()
  expect(await remove.filter({ visible: true }).count()).toBe(0)
  await page.goBack()
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await row('Running').getByText('Ready').waitFor()
  await row('Running').getByRole('button', { name: 'Delete Running' }).waitFor()
})

test('a title is read in its own direction, and all of it can be had', async () => {
  const { page } = visit
  const id = await visit.recordFor(
    1_000,
    'مقابلة مع آدا حول المشروع الجديد والخطة القادمة للفريق كله',
  )
  const title = row('مقابلة').locator('.row-title')
  expect(await title.evaluate((element) => getComputedStyle(element).direction)).toBe('rtl')
  expect(await title.getAttribute('title')).toContain('للفريق كله')
  await page.goto(new URL(`/recordings/${id}`, page.url()).href)
  const heading = recordingPage(page).getByRole('heading', { level: 1 })
  await heading.waitFor()
  expect(await heading.evaluate((element) => getComputedStyle(element).direction)).toBe('rtl')
})

test('a download has the name of a file that players open', async () => {
  const { page } = visit
  await visit.recordFor(1_000, 'To be kept')
  await row('To be kept').getByText('Ready').waitFor()
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download To be kept' }).click()
  expect((await download).suggestedFilename()).toMatch(/\.webm$/)
})

test('a recording’s receipt can be kept beside it', async () => {
  const { page } = visit
  const id = await visit.recordFor(1_000, 'With a receipt')
  await row('With a receipt').getByText('Ready').waitFor()
  await row('With a receipt')
    .getByRole('button', { name: /^With a receipt/ })
    .click()
  const download = page.waitForEvent('download')
  await recordingPage(page).getByRole('link', { name: 'Receipt' }).click()
  expect((await download).suggestedFilename()).toBe(`receipt-${id}.json`)
  expect(visit.errors).toEqual([])
})
