// What an earlier visit left in a page's buffer, written through the library's own buffer.
import type { Page } from 'playwright-core'
import type { LibraryPage } from './library-entry.ts'

declare const holdfast: LibraryPage

export type Left = {
  readonly id: string
  readonly token: string
  readonly server: string
  /** Sizes of the chunks of take 0. */
  readonly sizes: readonly number[]
}

/** The bytes of chunk `seq`, alike here and in the page. */
export function bytesOf(seq: number, size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(size).fill(seq + 1)
}

/** Leaves take 0 with chunks that no server has seen. */
export async function leaveBehind(page: Page, left: Left): Promise<void> {
  await page.evaluate(async ({ id, token, server, sizes }) => {
    const { buffer } = holdfast
    const row = { title: null, metadata: null, bearer: null, created: false, ended: null }
    const createdAt = new Date().toISOString()
    await buffer.putRecording({ ...row, id, token, server, createdAt })
    const mimeType = 'video/x-test'
    const head = { mimeType, startedAt: createdAt, init: null, chunks: 0, bytes: 0, endMs: 0 }
    const take = await buffer.beginTake(id, head)
    for (const [seq, size] of sizes.entries()) {
      const bytes = new Uint8Array(size).fill(seq + 1)
      const sha256 = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
      const rest = { sha256, aligned: false, clusterMs: null, endMs: null }
      await buffer.putChunk(id, { ...take, chunks: seq + 1 }, seq, { ...rest, bytes: bytes.buffer })
    }
  }, left)
}

/** Chunk numbers of take 0 that lie in the buffer. */
export function stillHere(page: Page, id: string): Promise<readonly number[]> {
  return page.evaluate(async (one) => {
    return (await holdfast.buffer.readRecording(one))?.pending.get(0) ?? []
  }, id)
}
