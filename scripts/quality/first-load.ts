// What a first visit costs: bytes, requests, and when something is seen; measured by the browser itself.
import { gzipSync } from 'node:zlib'
import type { ChromiumProcess } from '../../test/support/chromium.ts'
import type { Page } from './trace.ts'

type Response = Awaited<ReturnType<Page['waitForResponse']>>

export type FirstLoad = {
  readonly scriptBytes: number
  readonly styleBytes: number
  readonly requests: number
  readonly firstPaintMs: number
  readonly shift: number
  readonly longestTaskMs: number
  /** What long tasks took beyond 50 ms each, from the first paint on. */
  readonly blockedMs: number
}

type Seen = Pick<FirstLoad, 'firstPaintMs' | 'shift' | 'longestTaskMs' | 'blockedMs'>

/** In the page, before anything of it: keeps what the browser tells. */
function watch(): void {
  const seen = { firstPaintMs: 0, shift: 0, longestTaskMs: 0, blockedMs: 0 }
  Object.assign(globalThis, { seen })
  const listen = (type: string, take: (entry: PerformanceEntry) => void) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({
      type,
      buffered: true,
    })
  listen('paint', ({ name, startTime }) => {
    if (name === 'first-contentful-paint') seen.firstPaintMs = startTime
  })
  listen('layout-shift', (entry) => {
    seen.shift += (entry as PerformanceEntry & { value: number }).value
  })
  listen('longtask', ({ duration }) => {
    seen.longestTaskMs = Math.max(seen.longestTaskMs, duration)
    seen.blockedMs += duration - 50
  })
}

async function gzipped(responses: readonly Response[], type: string): Promise<number> {
  const ofType = responses.filter((response) => response.request().resourceType() === type)
  const bodies = await Promise.all(ofType.map((response) => response.body()))
  return bodies.reduce((sum, body) => sum + gzipSync(body).length, 0)
}

/** Late enough for the list of recordings and all that comes after it. */
const SETTLED_MS = 3_000

/** @param language what the visitor's browser asks for */
export async function measureFirstLoad(
  browser: ChromiumProcess,
  { url, language }: { url: string; language: string },
): Promise<FirstLoad> {
  const page = await browser.newPrivatePage(language)
  try {
    const responses: Response[] = []
    // The service worker keeps the page for the next visit: that is not part of this one.
    page.on('response', (response) => {
      if (!response.request().serviceWorker()) responses.push(response)
    })
    await page.addInitScript(watch)
    await page.goto(url)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForTimeout(SETTLED_MS)
    const seen = await page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen)
    return {
      ...seen,
      scriptBytes: await gzipped(responses, 'script'),
      styleBytes: await gzipped(responses, 'stylesheet'),
      requests: responses.length,
    }
  } finally {
    await page.context().close()
  }
}
