// What the server makes from a recording, as the page shows it: its picture in the list, and an MP4 beside the download.
import { expect, test } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { hasFfmpeg } from '../support/ffmpeg.ts'
import { WireHttp } from '../support/wire-client.ts'
import { recordingPage, useVisit } from './visit.ts'

if (!hasFfmpeg) console.warn('SKIPPED: ffmpeg is not installed, no picture and no MP4 is shown')

const visit = useVisit()

/** A recording of VP8, which MP4 has no place for. */
async function recordVp8(title: string): Promise<void> {
  const { slices, mimeType } = loadTake('webm-vp8-opus-ts100-8s')
  const http = new WireHttp(visit.world.server.url)
  const made = await http.create({ title })
  for (const [seq, slice] of slices.entries()) {
    await http.put(made, { take: 0, seq }, slice, { 'Content-Type': mimeType })
  }
  const body = JSON.stringify({ token: made.token, takes: [{ take: 0, chunks: slices.length }] })
  await http.call('POST', `/api/recordings/${made.id}/stop`, body)
  await http.untilStatus(made, 'ready', 1)
}

const row = (title: string) => visit.page.getByRole('listitem').filter({ hasText: title })

test.skipIf(!hasFfmpeg)('a recording shows its picture, and an MP4 is made and saved', async () => {
  const { page } = visit
  await recordVp8('With a picture')
  const picture = row('With a picture').locator('img')
  await picture.waitFor()
  await expect
    .poll(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth))
    .toBe(640)
  await row('With a picture')
    .getByRole('button', { name: /^With a picture/ })
    .click()
  const opened = recordingPage(page)
  await opened.getByRole('button', { name: 'Download', exact: true }).click()
  await opened.getByRole('button', { name: 'Make an MP4' }).click()
  const link = opened.getByRole('link', { name: /^MP4, \d/ })
  await link.waitFor()
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
  expect(download.suggestedFilename()).toBe('With a picture.mp4')
  await download.cancel()
  expect(visit.errors).toEqual([])
})
