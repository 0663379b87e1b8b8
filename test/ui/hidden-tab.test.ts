// Tabs that nobody looks at hold no connection: a browser has six of them for a server, and recording needs one.
import { expect, test } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { useVisit, withoutGone } from './visit.ts'

const visit = useVisit()

/** In the page. */
declare const streams: EventSource[]

/** Remembers every event stream of the page, and lets the test say whether the tab is seen. */
function watchStreams(): void {
  const opened: EventSource[] = []
  const Own = EventSource
  globalThis.EventSource = class extends Own {
    constructor(url: string | URL) {
      super(url)
      opened.push(this)
    }
  }
  const shown = { state: 'visible' }
  Object.defineProperty(document, 'visibilityState', { get: () => shown.state })
  Object.assign(globalThis, { streams: opened, shown })
}

function show(state: 'visible' | 'hidden'): void {
  const { shown } = globalThis as unknown as { shown: { state: string } }
  shown.state = state
  document.dispatchEvent(new Event('visibilitychange'))
}

test('a hidden tab listens to nothing, and is current again once it is seen', async () => {
  const { page, world, errors } = visit
  await page.addInitScript(watchStreams)
  await page.reload()
  const open = () =>
    page.evaluate(() => streams.filter(({ readyState }) => readyState !== 2).length)
  await waitFor('the stream', async () => (await open()) === 1)
  const id = await visit.recordFor(1_000, 'Goes meanwhile')
  const row = page.getByRole('listitem').filter({ hasText: 'Goes meanwhile' })
  await row.getByText('Ready').waitFor()

  await page.evaluate(show, 'hidden' as const)
  expect(await open()).toBe(0)
  const gone = await fetch(`${world.server.url}/api/recordings/${id}`, { method: 'DELETE' })
  expect(gone.ok).toBe(true)

  await page.evaluate(show, 'visible' as const)
  await row.waitFor({ state: 'detached' })
  expect(await open()).toBe(1)
  expect(await page.evaluate(() => streams.at(-1)?.url)).toMatch(/\?lastEventId=.+/)
  expect(withoutGone(errors)).toEqual([])
}, 60_000)
