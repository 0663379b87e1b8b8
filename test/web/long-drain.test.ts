// An hour that waits: sent at the next visit window by window, never held in memory as a whole.
import type { CDPSession } from 'playwright-core'
import { expect, test } from 'vitest'
import { startServer } from '../support/server.ts'
import { ServerApi } from '../support/server-api.ts'
import { waitFor } from '../support/wait-for.ts'
import type { LibraryPage } from './library-entry.ts'
import { LibraryBrowser } from './library-page.ts'

declare const holdfast: LibraryPage

/** In the page. */
type Drained = { peak: { bytes: number }; upload: { safe: Promise<void> } }

const CHUNKS = 3_600
/** 160 kbit/s: what waits is 72 MB. */
const CHUNK_BYTES = 20_000
const MiB = 1024 * 1024

/** What the page's script holds, its buffers included; no garbage. */
async function heldBytes(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage')
  const usage = await session.send('Runtime.getHeapUsage')
  const { usedSize, backingStorageSize } = usage as typeof usage & { backingStorageSize: number }
  return usedSize + backingStorageSize
}

test('an hour of chunks from an earlier visit arrives whole, and memory stays flat', async () => {
  await using browser = await LibraryBrowser.create()
  const server = await startServer({ env: { HOLDFAST_ORIGINS: browser.url } })
  try {
    const page = await browser.openTab()
    const id = '01890a5d-ac96-774b-bcce-b302099a8059'
    await page.evaluate(
      async ({ id, url, count, size }) => {
        const { buffer } = holdfast
        const row = { title: null, metadata: null, bearer: null, created: false, ended: null }
        const token = 'a-token-of-an-earlier-visit'
        await buffer.putRecording({ ...row, id, token, server: url, createdAt: 'earlier' })
        const startedAt = new Date().toISOString()
        const head = { mimeType: 'video/webm', startedAt, init: null, bytes: 0, endMs: 0 }
        const take = await buffer.beginTake(id, { ...head, chunks: 0 })
        const put = async (seq: number) => {
          const bytes = crypto.getRandomValues(new Uint8Array(size))
          const sha256 = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
          const rest = { aligned: false, clusterMs: null, endMs: null }
          await buffer.putChunk(id, { ...take, chunks: count }, seq, {
            ...rest,
            sha256,
            bytes: bytes.buffer,
          })
        }
        // Side by side: each waits for the disk.
        for (let seq = 0; seq < count; seq += 60) {
          await Promise.all(Array.from({ length: 60 }, (_, at) => put(seq + at)))
        }
      },
      { id, url: server.url, count: CHUNKS, size: CHUNK_BYTES },
    )
    await browser.kill()

    const again = await browser.openTab()
    const session = await again.context().newCDPSession(again)
    const before = await heldBytes(session)
    await again.evaluate(async () => {
      const peak = { bytes: 0 }
      Object.assign(globalThis, { peak })
      globalThis.WebSocket = class extends WebSocket {
        override send(data: Parameters<WebSocket['send']>[0]): void {
          super.send(data)
          peak.bytes = Math.max(peak.bytes, this.bufferedAmount)
        }
      }
      const [upload] = await holdfast.drainUnsent()
      Object.assign(globalThis, { upload })
    })
    let isSafe = false
    const safe = again
      .evaluate(() => (globalThis as unknown as Drained).upload.safe)
      .then(() => {
        isSafe = true
      })
    const held: number[] = []
    const look = async () => {
      held.push(await heldBytes(session))
      return isSafe
    }
    await waitFor('all of it to be safe', look, { timeoutMs: 150_000, everyMs: 250 })
    await safe
    expect(Math.max(...held) - before).toBeLessThan(16 * MiB)
    const peak = await again.evaluate(() => (globalThis as unknown as Drained).peak.bytes)
    expect(peak).toBeGreaterThan(0)
    expect(peak).toBeLessThan(2 * MiB)
    const { takes } = await new ServerApi(server.url).read(id)
    expect(takes).toMatchObject([{ chunks: CHUNKS, bytes: CHUNKS * CHUNK_BYTES, missing: [] }])
    await waitFor('an empty buffer', () =>
      again.evaluate(async (one) => {
        const stored = await holdfast.buffer.readRecording(one)
        return (stored?.pending.size ?? 0) === 0
      }, id),
    )
  } finally {
    await server.stop()
  }
}, 240_000)
