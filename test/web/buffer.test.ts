// The local buffer in a real browser: there is no other IndexedDB to test it with.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LibraryPage } from './library-entry.ts'
import { LibraryBrowser } from './library-page.ts'

declare const holdfast: LibraryPage

let browser: LibraryBrowser
beforeAll(async () => {
  browser = await LibraryBrowser.create()
})
afterAll(() => browser[Symbol.asyncDispose]())

const ID = '01890a5d-ac96-774b-bcce-b302099a8057'

describe('the local buffer', () => {
  test('still has every chunk whose write was complete when the browser is killed', async () => {
    const page = await browser.openTab()
    await page.evaluate(async (id) => {
      const { buffer } = holdfast
      const row = { title: null, metadata: null, bearer: null, created: false, ended: null }
      await buffer.putRecording({ ...row, id, token: 't', server: 's', createdAt: 'now' })
      const fresh = { mimeType: 'video/webm', startedAt: 'now', chunks: 0, bytes: 0, endMs: 0 }
      const take = await buffer.beginTake(id, fresh)
      for (let seq = 0; seq < 20; seq += 1) {
        const bytes = new Uint8Array(200_000).fill(seq).buffer
        const sha256 = new Uint8Array(32).fill(seq)
        const chunk = { bytes, sha256, aligned: true, clusterMs: null, endMs: null }
        await buffer.putChunk(id, { ...take, chunks: seq + 1 }, seq, chunk)
      }
    }, ID)
    await browser.kill()

    const again = await browser.openTab()
    const found = await again.evaluate(async (id) => {
      const stored = await holdfast.buffer.readRecording(id)
      const chunks = await Promise.all(
        (stored?.pending.get(0) ?? []).map((seq) => holdfast.buffer.getChunk(id, 0, seq)),
      )
      return {
        total: stored?.takes[0]?.chunks,
        values: chunks.map((chunk) => chunk && new Uint8Array(chunk.bytes)[199_999]),
      }
    }, ID)
    expect(found).toEqual({ total: 20, values: Array.from({ length: 20 }, (_, seq) => seq) })
  }, 60_000)

  test('writes under strict durability', async () => {
    const page = await browser.openTab()
    const used = await page.evaluate(async (id) => {
      const seen: (string | undefined)[] = []
      const { prototype } = IDBDatabase
      const own = Object.getOwnPropertyDescriptor(prototype, 'transaction')?.value
      const apply = (target: () => unknown, database: unknown, given: unknown[]) => {
        const [, mode, options] = given as Parameters<IDBDatabase['transaction']>
        if (mode === 'readwrite') seen.push(options?.durability)
        return Reflect.apply(target, database, given)
      }
      Object.defineProperty(prototype, 'transaction', { value: new Proxy(own, { apply }) })
      await holdfast.buffer.changeRecording(id, { created: true })
      return seen
    }, ID)
    expect(used).toEqual(['strict'])
  })

  test('deletes a chunk only on the sha256 that it has', async () => {
    const page = await browser.openTab()
    const outcome = await page.evaluate(async (id) => {
      const forget = (seq: number, byte: number) => {
        const sha256 = new Uint8Array(32).fill(byte)
        return holdfast.buffer.forgetChunk(id, { take: 0, seq, sha256 })
      }
      const other = await forget(3, 4)
      const kept = (await holdfast.buffer.getChunk(id, 0, 3)) !== undefined
      const own = await forget(3, 3)
      const gone = (await holdfast.buffer.getChunk(id, 0, 3)) === undefined
      return { other, kept, own, gone }
    }, ID)
    expect(outcome).toEqual({ other: false, kept: true, own: true, gone: true })
  })

  test('never gives a take’s number twice, also to two tabs at once', async () => {
    const tabs = await Promise.all([browser.openTab(), browser.openTab()])
    const numbers = await Promise.all(
      tabs.map((page) =>
        page.evaluate(async (id) => {
          const fresh = { mimeType: '', startedAt: '', chunks: 0, bytes: 0, endMs: 0 }
          const takes = [1, 2, 3].map(() => holdfast.buffer.beginTake(id, fresh))
          return (await Promise.all(takes)).map(({ take }) => take)
        }, ID),
      ),
    )
    expect(numbers.flat().sort()).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('keeps what is there when a dying page hands over the same chunk', async () => {
    const page = await browser.openTab()
    const first = await page.evaluate(async (id) => {
      const stored = await holdfast.buffer.readRecording(id)
      const [take] = stored?.takes ?? []
      if (!take) return null
      const sha256 = new Uint8Array(32)
      const chunk = {
        bytes: new ArrayBuffer(1),
        sha256,
        aligned: false,
        clusterMs: null,
        endMs: null,
      }
      await holdfast.buffer.keepChunk(id, take, 5, chunk)
      return (await holdfast.buffer.getChunk(id, 0, 5))?.bytes.byteLength
    }, ID)
    expect(first).toBe(200_000)
  })

  test('gives out what is here of each take, as a file of its own', async () => {
    const page = await browser.openTab()
    const texts = await page.evaluate(async () => {
      const { buffer } = holdfast
      const id = '01890a5d-ac96-774b-bcce-b302099a8058'
      const row = { title: null, metadata: null, bearer: null, created: false, ended: null }
      await buffer.putRecording({ ...row, id, token: 't', server: 's', createdAt: 'now' })
      for (const text of ['first', 'second']) {
        const head = { mimeType: 'video/webm', startedAt: text, chunks: 1, bytes: 0, endMs: 0 }
        const init = new TextEncoder().encode(`head of the ${text}: `).buffer
        const take = { ...(await buffer.beginTake(id, head)), init }
        const bytes = new TextEncoder().encode(text).buffer
        const sha256 = new Uint8Array(32)
        const rest = { sha256, aligned: true, clusterMs: null, endMs: null }
        await buffer.putChunk(id, take, 0, { ...rest, bytes })
      }
      const files = await holdfast.readUnsent(id)
      await buffer.deleteRecording(id)
      return await Promise.all(files.map((file) => file.text()))
    })
    expect(texts).toEqual(['head of the first: first', 'head of the second: second'])
  })

  test('finds every recording, and nothing of one that was deleted', async () => {
    const page = await browser.openTab()
    const ids = await page.evaluate(async (id) => {
      const { buffer } = holdfast
      const before = await buffer.listIds()
      await buffer.deleteRecording(id)
      return { before, after: await buffer.listIds(), row: await buffer.readRecording(id) }
    }, ID)
    expect(ids).toEqual({ before: [ID], after: [], row: null })
  })
})
