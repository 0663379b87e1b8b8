// After a sleep the recorder may hand out minutes of media as one slice: it is cut, stored and sent like any other.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ServerProcess, startServer } from '../support/server.ts'
import { ServerApi } from '../support/server-api.ts'
import { waitFor } from '../support/wait-for.ts'
import type { LibraryPage } from './library-entry.ts'
import { LibraryBrowser } from './library-page.ts'

declare const holdfast: LibraryPage

/** In the page. */
type Tapped = { recorder: MediaRecorder; bytes: number }
declare const tapped: Tapped

const MiB = 1024 * 1024

let browser: LibraryBrowser
let server: ServerProcess

beforeAll(async () => {
  browser = await LibraryBrowser.create()
  server = await startServer({ env: { HOLDFAST_ORIGINS: browser.url } })
})
afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  await server.stop()
})

test('50 MB in one slice arrive whole, in chunks that the server takes', async () => {
  const page = await browser.openTab()
  await page.evaluate(() => {
    const tap: Partial<Tapped> & { bytes: number } = { bytes: 0 }
    Object.assign(globalThis, { tapped: tap })
    globalThis.MediaRecorder = class extends MediaRecorder {
      constructor(stream: MediaStream, options?: MediaRecorderOptions) {
        super(stream, options)
        tap.recorder = this
        this.addEventListener('dataavailable', ({ data }) => {
          tap.bytes += data.size
        })
      }
    }
  })
  const { id } = await page.evaluate((url) => holdfast.begin({ server: url }), server.url)
  const count = (type: string) => page.evaluate((name) => holdfast.count(name), type)
  await waitFor('acks', async () => (await count('acked')) >= 2)
  await page.evaluate(async (size) => {
    holdfast.recording?.pause()
    // Clusters of keyframes, 500 kB each, as a sharp picture makes them; what is in them nobody decodes here.
    const head = (id: readonly number[], length: number) => {
      const bytes = new Uint8Array(id.length + 8)
      bytes.set(id)
      const view = new DataView(bytes.buffer)
      view.setUint32(id.length, 0x0100_0000)
      view.setUint32(id.length + 4, length)
      return bytes
    }
    const parts: Uint8Array<ArrayBuffer>[] = []
    const frame = new Uint8Array(500_000)
    for (let at = 0; at < frame.length; at += 50_000) {
      crypto.getRandomValues(frame.subarray(at, at + 50_000))
    }
    for (let sent = 0, ms = 60_000; sent < size; sent += frame.length, ms += 1_000) {
      const time = new Uint8Array([
        0xe7,
        0x84,
        ms >>> 24,
        (ms >>> 16) & 255,
        (ms >>> 8) & 255,
        ms & 255,
      ])
      const block = head([0xa3], frame.length + 4)
      const lead = new Uint8Array([0x81, 0, 0, 0x80])
      const length = time.length + block.length + lead.length + frame.length
      parts.push(head([0x1f, 0x43, 0xb6, 0x75], length), time, block, lead, frame)
    }
    const slice = new Blob(parts)
    tapped.recorder.dispatchEvent(new BlobEvent('dataavailable', { data: slice }))
  }, 50 * MiB)
  const progress = () => page.evaluate(() => holdfast.recording?.progress)
  const isStored = async () => {
    const { memoryBytes = 1, chunks = 0 } = (await progress()) ?? {}
    return memoryBytes === 0 && chunks > 50
  }
  await waitFor('all of it to be stored here or sent', isStored, { timeoutMs: 60_000 })
  const initBytes = await page.evaluate(async (one) => {
    const stored = await holdfast.buffer.readRecording(one)
    return stored?.takes[0]?.init?.byteLength
  }, id)
  await page.evaluate(async () => {
    await holdfast.recording?.stop()
  })
  const bytes = await page.evaluate(() => tapped.bytes)
  expect(bytes).toBeGreaterThan(50 * MiB)
  const errors = await page.evaluate(() => holdfast.log.filter(({ type }) => type === 'error'))
  expect(errors).toEqual([])
  const api = new ServerApi(server.url)
  const { takes } = await api.waitForStatus(id, 'ready', { timeoutMs: 60_000 })
  expect(takes).toMatchObject([{ bytes: bytes - (initBytes ?? 0), missing: [] }])
}, 150_000)
