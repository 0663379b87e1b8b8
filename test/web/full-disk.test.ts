// A device without room. Chromium remembers for a while how much room there was, so only a profile that is
// full from its start can show it: a file of its own.
import { expect, test } from 'vitest'
import { startServer } from '../support/server.ts'
import { ServerApi } from '../support/server-api.ts'
import { waitFor } from '../support/wait-for.ts'
import type { LibraryPage } from './library-entry.ts'
import { LibraryBrowser } from './library-page.ts'

declare const holdfast: LibraryPage

test('a full disk is told, capture goes on, and everything is sent from memory', async () => {
  await using browser = await LibraryBrowser.create()
  const server = await startServer({ env: { HOLDFAST_ORIGINS: browser.url } })
  try {
    const page = await browser.openTab()
    const session = await page.context().newCDPSession(page)
    const quota = { origin: browser.url, quotaSize: 1 }
    await session.send('Storage.overrideQuotaForOrigin', quota)
    const { id } = await page.evaluate((url) => holdfast.begin({ server: url }), server.url)
    const acked = () => page.evaluate(() => holdfast.count('acked'))
    await waitFor('acks', async () => (await acked()) >= 3)
    const seen = await page.evaluate(() => ({
      errors: holdfast.log.flatMap(({ type, event }) => (type === 'error' ? [event] : [])),
      places: holdfast.log.flatMap(({ type, event }) =>
        type === 'buffered' ? [(event as { where: string }).where] : [],
      ),
      state: holdfast.recording?.state,
    }))
    expect(seen.state).toBe('recording')
    expect(new Set(seen.places)).toEqual(new Set(['memory']))
    expect(seen.errors).toContainEqual(
      expect.objectContaining({ code: 'buffer_full', retry: true }),
    )
    await page.evaluate(async () => {
      await holdfast.recording?.stop()
    })
    const view = await new ServerApi(server.url).waitForStatus(id, 'ready')
    expect(view).toMatchObject({ version: 1, gaps: [] })
    expect(view.takes[0]?.chunks).toBe(await page.evaluate(() => holdfast.count('captured')))
  } finally {
    await server.stop()
  }
}, 60_000)
