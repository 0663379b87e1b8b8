// What recording costs the main thread at 2.5 Mbit/s, beside a page that only records: one after the other, in the same
// browser with the same camera.
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChromiumProcess } from '../../test/support/chromium.ts'
import { serveBarePage } from './bare-page.ts'
import { type MainThread, readMainThread } from './main-thread.ts'
import { type Page, recordTrace } from './trace.ts'

/** Long enough for each slice, heartbeat and look at the room to have its turn. */
const TRACED_MS = 20_000
/** What happens once, at the start, is not what recording costs. */
const SETTLED_MS = 4_000

export type Recorded = { readonly thread: MainThread; readonly mbitPerSecond: number }

export type RecordingCost = {
  readonly bare: Recorded
  /** The camera is shown, nothing is recorded. */
  readonly ready: MainThread
  readonly recording: Recorded
}

async function measure(page: Page, url: string): Promise<MainThread> {
  await sleep(SETTLED_MS)
  const began = performance.now()
  const events = await recordTrace(page, TRACED_MS)
  return readMainThread(events, url, Math.min(TRACED_MS, performance.now() - began))
}

const rateOf = (bytes: number, ms: number) => (bytes * 8) / 1000 / ms

async function measureBare(browser: ChromiumProcess): Promise<Recorded> {
  const bare = await serveBarePage()
  const page = await browser.newPage()
  try {
    await page.goto(bare.url)
    await page.waitForFunction(() => document.title === 'recording')
    const began = performance.now()
    const thread = await measure(page, bare.url)
    const bytes = await page.evaluate(() => (globalThis as unknown as { bytes: number }).bytes)
    return { thread, mbitPerSecond: rateOf(bytes, performance.now() - began) }
  } finally {
    await page.close()
    bare.close()
  }
}

/** Once it is finalized: before, nobody has counted how long it is. */
async function readNewest(page: Page): Promise<{ bytes: number; durationMs: number }> {
  for (;;) {
    const answer = await page.evaluate(async () => (await fetch('/api/recordings?limit=1')).json())
    const [newest] = answer.recordings
    if (newest.durationMs > 0) return newest
    await sleep(200)
  }
}

async function measureOurs(
  browser: ChromiumProcess,
  url: string,
): Promise<Omit<RecordingCost, 'bare'>> {
  const page = await browser.newPage()
  await page.goto(url)
  await page.getByRole('button', { name: /^Camera/ }).click()
  await page.getByRole('button', { name: 'Record', exact: true }).waitFor()
  const ready = await measure(page, url)
  await page.getByRole('button', { name: 'Record', exact: true }).click()
  const thread = await measure(page, url)
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('heading', { name: 'Safe on the server', exact: true }).waitFor()
  const { bytes, durationMs } = await readNewest(page)
  await page.close()
  return { ready, recording: { thread, mbitPerSecond: rateOf(bytes, durationMs) } }
}

export async function measureRecording(
  browser: ChromiumProcess,
  url: string,
): Promise<RecordingCost> {
  const bare = await measureBare(browser)
  return { bare, ...(await measureOurs(browser, url)) }
}
