// Who may see the page of a recording, and what it says where there is nothing to see.
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { WireHttp } from '../support/wire-client.ts'
import { backToList, recordingPage, useVisit } from './visit.ts'

const visit = useVisit()
const { slices, mimeType } = loadTake('webm-vp8-opus-ts100-8s')
const http = () => new WireHttp(visit.world.server.url)
const row = (title: string) => visit.page.getByRole('listitem').filter({ hasText: title })
const opened = () => recordingPage(visit.page)
const address = (id: string, rest = '') =>
  new URL(`/recordings/${id}${rest}`, visit.page.url()).href

async function make(title: string) {
  const made = await http().create({ title })
  for (const [seq, slice] of slices.entries()) {
    await http().put(made, { take: 0, seq }, slice, { 'Content-Type': mimeType })
  }
  const takes = [{ take: 0, chunks: slices.length }]
  const body = JSON.stringify({ token: made.token, takes, reason: 'user' })
  await http().call('POST', `/api/recordings/${made.id}/stop`, body)
  await http().untilStatus(made, 'ready', 1)
  return made
}

test('who has only a link sees the recording, and nothing to change it with', async () => {
  const { page } = visit
  const made = await make('Handed on')
  const info = (await http().view(made)).body as unknown as { mediaUrl: string }
  const access = new URL(info.mediaUrl, page.url()).searchParams.get('access')
  await page.goto(address(made.id, `?access=${access}`))
  await opened().getByRole('heading', { level: 1, name: 'Handed on' }).waitFor()
  await opened().getByText('All of it is safe on the server').waitFor()
  expect(await page.title()).toBe('Handed on · Holdfast')
  await page.waitForFunction(() => {
    const video = document.querySelector<HTMLVideoElement>('main.recording-page video')
    return video !== null && video.readyState >= HTMLMediaElement.HAVE_METADATA
  })
  const buttons = await opened().getByRole('button').allTextContents()
  for (const name of ['Delete', 'Rename', 'Trim', 'Link', 'Finish again']) {
    expect(buttons.map((text) => text.trim())).not.toContain(name)
  }
  expect(await page.getByRole('region', { name: 'Record', exact: true }).count()).toBe(0)
  expect(visit.errors).toEqual([])
  await page.goto(address(made.id, '?access=read.0.0.x'))
  await opened().getByRole('heading', { name: 'This link has expired' }).waitFor()
})

test('what is not there says why, and what to do', async () => {
  const { page, world } = visit
  await page.goto(address(randomUUID()))
  await opened().getByRole('heading', { name: 'There is no such recording' }).waitFor()

  const made = await make('Thrown away')
  await page.goto(address(made.id))
  await opened().getByRole('button', { name: 'Delete' }).click()
  await opened().getByRole('heading', { name: 'This recording was deleted' }).waitFor()
  await opened().getByRole('button', { name: 'Undo the deletion' }).click()
  await opened().getByRole('heading', { level: 1, name: 'Thrown away' }).waitFor()

  await backToList(page)
  await row('Thrown away').waitFor()
  try {
    world.proxy.setLine('cut')
    await row('Thrown away').locator('.row-open').click()
    await opened()
      .getByText(/^The server does not answer/)
      .first()
      .waitFor()
  } finally {
    world.proxy.setLine('open')
  }
  await opened().getByText('All of it is safe on the server').waitFor({ timeout: 30_000 })
  await opened()
    .getByText(/^The server does not answer/)
    .waitFor({ state: 'detached' })
}, 60_000)
