// What a person says about a recording while it is made: it is kept like the recording itself.
import { expect, test } from 'vitest'
import { startServer } from '../support/server.ts'
import { ServerApi } from '../support/server-api.ts'
import { TcpProxy } from '../support/tcp-proxy.ts'
import { waitFor } from '../support/wait-for.ts'
import type { LibraryPage } from './library-entry.ts'
import { LibraryBrowser } from './library-page.ts'

declare const holdfast: LibraryPage

type Edited = { title: string | null; marks: { atMs: number; label?: string }[] }

test('marks and a title reach the server, also those that were made offline before a crash', async () => {
  await using browser = await LibraryBrowser.create()
  const env = { HOLDFAST_ORIGINS: browser.url, HOLDFAST_GRACE_MS: '2000', HOLDFAST_SWEEP_MS: '250' }
  const server = await startServer({ env })
  const proxy = await TcpProxy.listen(Number(new URL(server.url).port))
  const api = new ServerApi(server.url)
  try {
    const page = await browser.openTab()
    const options = { server: proxy.url, title: 'Before' }
    const { id } = await page.evaluate((given) => holdfast.begin(given), options)
    await waitFor('acks', () => page.evaluate(() => holdfast.count('acked') >= 1))
    const first = await page.evaluate(() => holdfast.recording?.mark())
    const edited = async () => (await api.read(id)) as unknown as Edited
    await waitFor('the first mark', async () => (await edited()).marks.length === 1)

    proxy.setLine('cut')
    const second = await page.evaluate(() => {
      holdfast.recording?.rename('After')
      return holdfast.recording?.mark('the point')
    })
    const stored = () =>
      page.evaluate(
        async (one) => (await holdfast.buffer.readRecording(one))?.row.marks?.length,
        id,
      )
    await waitFor('both on this device', async () => (await stored()) === 2)
    expect((await edited()).title).toBe('Before')
    await browser.kill()
    proxy.setLine('open')

    const again = await browser.openTab()
    await again.evaluate(async () => {
      const found = await holdfast.drainUnsent()
      await Promise.all(found.map((upload) => upload.safe))
    })
    await waitFor('the title', async () => (await edited()).title === 'After')
    expect((await edited()).marks).toEqual([first, second])
    expect(second?.label).toBe('the point')
    expect(second?.atMs).toBeGreaterThanOrEqual(first?.atMs ?? Number.POSITIVE_INFINITY)
    await waitFor('nothing to be left here', () =>
      again.evaluate(async () => (await holdfast.buffer.listIds()).length === 0),
    )
  } finally {
    await proxy.close()
    await server.stop()
  }
}, 60_000)
