// A recording that a tab left in the buffer when it died.
import { createHash } from 'node:crypto'
import type { Page } from 'playwright-core'

export type Left = {
  id: string
  title: string
  count: number
  /** Where it is to be sent. @default the page's own */
  server?: string
}

/** A recording of which nothing is sent, as a tab that died leaves it; `then` runs in the page, in the same moment. */
export async function leaveBehind(
  page: Page,
  left: Left,
  then?: () => Promise<void>,
): Promise<void> {
  const { id, title, count, server = new URL(page.url()).origin } = left
  const createdAt = new Date().toISOString()
  const token = 'a-token-of-an-earlier-visit'
  const row = { id, createdAt, title, token, server, metadata: null }
  const take = { take: 0, wire: 0, mimeType: 'video/x-test', startedAt: createdAt, init: null }
  const bytes = Array.from({ length: 20_000 }, (_, at) => at % 256)
  const sha256 = [...createHash('sha256').update(Buffer.from(bytes)).digest()]
  await page.evaluate(
    async ([rows, total, data]) => {
      const opening = indexedDB.open('holdfast')
      await new Promise((resolve) => opening.addEventListener('success', resolve))
      const work = opening.result.transaction('buffer', 'readwrite')
      const store = work.objectStore('buffer')
      store.put(rows.row, [rows.row.id])
      store.put(rows.take, [rows.row.id, 0])
      const hash = new Uint8Array(data.sha256)
      for (let seq = 0; seq < total; seq += 1) {
        const chunk = { sha256: hash, aligned: false, clusterMs: null, endMs: null }
        store.put({ ...chunk, bytes: new Uint8Array(data.bytes).buffer }, [rows.row.id, 0, seq])
      }
      await new Promise((resolve) => work.addEventListener('complete', resolve))
      opening.result.close()
    },
    [
      {
        row: { ...row, bearer: null, created: false, ended: 'user' },
        take: { ...take, chunks: count, bytes: count * bytes.length, endMs: count * 1_000 },
      },
      count,
      { bytes, sha256 },
    ] as const,
  )
  if (then) await page.evaluate(then)
}
