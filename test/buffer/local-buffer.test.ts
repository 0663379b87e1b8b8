// The buffer on Chromium's own IndexedDB: what may be deleted, and what may be overwritten.
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CHROMIUM, ChromiumProcess } from '../support/chromium.ts'
import { RangeServer } from '../support/range-server.ts'

const hasChromium = existsSync(CHROMIUM)
if (!hasChromium) console.warn('SKIPPED: Chromium is not installed, the buffer is not tested')

const ENTRY = fileURLToPath(new URL('../support/whole-buffer.ts', import.meta.url))
const PAGE = `<!doctype html><script type="module">
  import * as buffer from '/buffer.js'
  globalThis.buffer = buffer
</script>`
const utf8 = (text: string) => new TextEncoder().encode(text)

/** The buffer as one script for a page. */
async function bundle(): Promise<Uint8Array> {
  const { outputs, logs } = await Bun.build({ entrypoints: [ENTRY], target: 'browser' })
  const [script] = outputs
  if (!script) throw new Error('nothing was built', { cause: logs })
  return new Uint8Array(await script.arrayBuffer())
}

/** In the page. */
declare const buffer: typeof import('../support/whole-buffer.ts')
type Stored = {
  takes: [take: number, mimeType: string][]
  pending: [take: number, seqs: number[]][]
}

let browser: ChromiumProcess
let server: RangeServer
let page: Page
let profileDir = ''

beforeAll(async () => {
  if (!hasChromium) return
  profileDir = await mkdtemp(join(tmpdir(), 'holdfast-buffer-'))
  const contentType = 'text/javascript'
  const files = new Map([
    ['/', { bytes: utf8(PAGE), contentType: 'text/html' }],
    ['/buffer.js', { bytes: await bundle(), contentType }],
  ])
  server = await RangeServer.listen(files)
  browser = await ChromiumProcess.launch({ profileDir })
  page = await browser.newPage()
  await page.goto(`${server.origin}/`)
})
afterAll(async () => {
  await browser?.kill()
  await server?.close()
  await rm(profileDir, { recursive: true, force: true })
})

describe.skipIf(!hasChromium)('the buffer', () => {
  beforeEach(async () => {
    await page.evaluate(async () => {
      for (const id of await buffer.listIds()) await buffer.deleteRecording(id)
    })
  })

  it('keeps the next take of a recording whose earlier takes are final', async () => {
    const isGone = await page.evaluate(async () => {
      const head = { mimeType: 'a', startedAt: 'x', chunks: 0, bytes: 0, endMs: 0 }
      const sha256 = new Uint8Array(32)
      const chunk = {
        bytes: new ArrayBuffer(1),
        sha256,
        aligned: false,
        clusterMs: null,
        endMs: null,
      }
      await buffer.putRecording({ id: 'r' } as Parameters<typeof buffer.putRecording>[0])
      const first = await buffer.beginTake('r', head)
      // Another page records on while the first take is sent.
      const second = await buffer.beginTake('r', { ...head, startedAt: 'y' })
      await buffer.putChunk('r', { ...second, chunks: 1 }, 0, chunk)
      return await buffer.discardRecording('r', [first.take])
    })
    expect(isGone).toBe(false)
    expect(await stored()).toEqual({
      takes: [
        [0, 'a'],
        [1, 'a'],
      ],
      pending: [[1, [0]]],
    })
  })

  it('forgets a recording of which nothing is left to send', async () => {
    const isGone = await page.evaluate(async () => {
      const head = { mimeType: 'a', startedAt: 'x', chunks: 0, bytes: 0, endMs: 0 }
      const sha256 = new Uint8Array(32)
      const chunk = {
        bytes: new ArrayBuffer(1),
        sha256,
        aligned: false,
        clusterMs: null,
        endMs: null,
      }
      await buffer.putRecording({ id: 'r' } as Parameters<typeof buffer.putRecording>[0])
      const { take, ...row } = await buffer.beginTake('r', head)
      await buffer.putChunk('r', { ...row, take, chunks: 1 }, 0, chunk)
      // Not waited for: the last ACK and the end come together.
      const forgotten = buffer.forgetChunk('r', { take, seq: 0, sha256 })
      const isDiscarded = await buffer.discardRecording('r', [take])
      return (await forgotten) && isDiscarded
    })
    expect(isGone).toBe(true)
    expect(await stored()).toBeNull()
  })

  it('never puts a chunk over another take that lies under the same number', async () => {
    const refused = await page.evaluate(async () => {
      const head = { mimeType: 'a', startedAt: 'x', chunks: 1, bytes: 1, endMs: 0 }
      const sha256 = new Uint8Array(32)
      const chunk = {
        bytes: new ArrayBuffer(1),
        sha256,
        aligned: false,
        clusterMs: null,
        endMs: null,
      }
      await buffer.putRecording({ id: 'r' } as Parameters<typeof buffer.putRecording>[0])
      const take = await buffer.beginTake('r', head)
      await buffer.putChunk('r', take, 0, chunk)
      // A page that could not read the buffer in time took the number for free.
      const other = { ...take, mimeType: 'b', startedAt: 'y' }
      return await buffer.putChunk('r', other, 1, chunk).catch((error) => error.name)
    })
    expect(refused).toBe('ConstraintError')
    expect(await stored()).toEqual({ takes: [[0, 'a']], pending: [[0, [0]]] })
  })

  it('keeps what a dying page hands over beside another take that has its number', async () => {
    const kept = await page.evaluate(async () => {
      const head = { mimeType: 'a', startedAt: 'x', chunks: 1, bytes: 1, endMs: 0 }
      const sha256 = new Uint8Array(32)
      const rest = { sha256, aligned: false, clusterMs: null, endMs: null }
      const first = { ...rest, bytes: new ArrayBuffer(1) }
      await buffer.putRecording({ id: 'r' } as Parameters<typeof buffer.putRecording>[0])
      const take = await buffer.beginTake('r', head)
      await buffer.putChunk('r', take, 0, first)
      const other = { ...take, mimeType: 'b', startedAt: 'y', bytes: 9 }
      const at = await buffer.keepChunk('r', other, 0, { ...rest, bytes: new ArrayBuffer(9) })
      const next = await buffer.keepChunk('r', other, 1, { ...rest, bytes: new ArrayBuffer(8) })
      const sizes = [
        await buffer.getChunk('r', 0, 0),
        await buffer.getChunk('r', at.take, 0),
        await buffer.getChunk('r', next.take, 1),
      ].map((chunk) => chunk?.bytes.byteLength)
      return { at: [at.take, at.wire], next: next.take, sizes }
    })
    expect(kept).toEqual({ at: [1, 1], next: 1, sizes: [1, 9, 8] })
    expect(await stored()).toEqual({
      takes: [
        [0, 'a'],
        [1, 'b'],
      ],
      pending: [
        [0, [0]],
        [1, [0, 1]],
      ],
    })
  })

  it('remembers a refusal beside the chunk, which stays, and with it the recording', async () => {
    const seen = await page.evaluate(async () => {
      const head = { mimeType: 'a', startedAt: 'x', chunks: 0, bytes: 0, endMs: 0 }
      const sha256 = new Uint8Array(32)
      const bytes = new ArrayBuffer(1)
      const chunk = { bytes, sha256, aligned: false, clusterMs: null, endMs: null }
      await buffer.putRecording({ id: 'r' } as Parameters<typeof buffer.putRecording>[0])
      const take = await buffer.beginTake('r', head)
      await buffer.putChunk('r', { ...take, chunks: 1 }, 0, chunk)
      await buffer.markRefused('r', { take: 0, seq: 0, code: 'chunk_conflict' })
      await buffer.markRefused('r', { take: 0, seq: 1, code: 'chunk_lost' })
      const isDiscarded = await buffer.discardRecording('r', [0])
      const { refused } = (await buffer.readRecording('r')) ?? {}
      await buffer.forgetChunk('r', { take: 0, seq: 0, sha256 })
      return { isDiscarded, refused, isGone: await buffer.discardRecording('r', [0]) }
    })
    expect(seen).toEqual({
      isDiscarded: false,
      refused: [
        { take: 0, seq: 0, code: 'chunk_conflict' },
        { take: 0, seq: 1, code: 'chunk_lost' },
      ],
      // What is lost holds nothing back: there is nothing left of it here.
      isGone: true,
    })
    expect(await stored()).toBeNull()
  })

  it('knows which copy lies there without reading its bytes, and by the bytes what an earlier version stored', async () => {
    const seen = await page.evaluate(async () => {
      const head = { mimeType: 'a', startedAt: 'x', chunks: 1, bytes: 1, endMs: 0 }
      const rest = { aligned: false, clusterMs: null, endMs: null }
      const chunk = { ...rest, bytes: new ArrayBuffer(1), sha256: new Uint8Array(32).fill(7) }
      await buffer.putRecording({ id: 'r' } as Parameters<typeof buffer.putRecording>[0])
      const take = await buffer.beginTake('r', head)
      const forget = (byte: number) => {
        return buffer.forgetChunk('r', { take: 0, seq: 0, sha256: new Uint8Array(32).fill(byte) })
      }
      await buffer.putChunk('r', take, 0, chunk)
      const asked: unknown[] = []
      const { prototype } = IDBObjectStore
      const own = Object.getOwnPropertyDescriptor(prototype, 'get')?.value
      const apply = (target: () => unknown, store: unknown, given: unknown[]) => {
        asked.push(given[0])
        return Reflect.apply(target, store, given)
      }
      Object.defineProperty(prototype, 'get', { value: new Proxy(own, { apply }) })
      const answers = [await forget(8), await forget(7)]
      await buffer.putChunk('r', take, 0, chunk)
      const opening = indexedDB.open('holdfast')
      await new Promise((resolve) => opening.addEventListener('success', resolve))
      const work = opening.result.transaction('buffer', 'readwrite')
      work.objectStore('buffer').delete(['r', 'sha256', 0, 0])
      await new Promise((resolve) => work.addEventListener('complete', resolve))
      opening.result.close()
      return { asked: asked.slice(0, 2), answers: [...answers, await forget(8), await forget(7)] }
    })
    expect(seen).toEqual({
      asked: [
        ['r', 'sha256', 0, 0],
        ['r', 'sha256', 0, 0],
      ],
      answers: [false, true, false, true],
    })
    expect(await stored()).toMatchObject({ pending: [] })
  })
})

async function stored(): Promise<Stored | null> {
  return await page.evaluate(async () => {
    const found = await buffer.readRecording('r')
    if (!found) return null
    const takes = found.takes.map(({ take, mimeType }): [number, string] => [take, mimeType])
    return {
      takes,
      pending: [...found.pending].map(([take, seqs]): [number, number[]] => [take, [...seqs]]),
    }
  })
}
