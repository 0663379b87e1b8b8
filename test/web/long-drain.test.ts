// Much that waits: sent at the next visit window by window, never held in memory as a whole.
import { expect, test } from 'vitest'
import { startServer } from '../support/server.ts'
import { ServerApi } from '../support/server-api.ts'
import { waitFor } from '../support/wait-for.ts'
import type { LibraryPage } from './library-entry.ts'
import { LibraryBrowser } from './library-page.ts'

declare const holdfast: LibraryPage

const CHUNKS = 600
const CHUNK_BYTES = 60_000
const MiB = 1024 * 1024

test('600 s of chunks from an earlier visit arrive whole, a few at a time', async () => {
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
        const fresh = {
          mimeType: 'video/webm',
          startedAt,
          init: null,
          chunks: 0,
          bytes: 0,
          endMs: 0,
        }
        const take = await buffer.beginTake(id, fresh)
        for (let seq = 0; seq < count; seq += 1) {
          const bytes = crypto.getRandomValues(new Uint8Array(size))
          const sha256 = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
          const chunk = {
            bytes: bytes.buffer,
            sha256,
            aligned: false,
            clusterMs: null,
            endMs: null,
          }
          await buffer.putChunk(id, { ...take, chunks: seq + 1 }, seq, chunk)
        }
      },
      { id, url: server.url, count: CHUNKS, size: CHUNK_BYTES },
    )
    await browser.kill()

    const again = await browser.openTab()
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
    const safe = again.evaluate(() => {
      const { upload } = globalThis as unknown as { upload: { safe: Promise<void> } }
      return upload.safe
    })
    await safe
    const peak = await again.evaluate(() => {
      return (globalThis as unknown as { peak: { bytes: number } }).peak.bytes
    })
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
}, 120_000)
