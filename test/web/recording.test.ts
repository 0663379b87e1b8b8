// Recording in a real browser: what capture leaves in the buffer, who owns it, and what happens when
// storage fails or another visit comes. The page is a stranger's: another origin than the server.
import { createHash } from 'node:crypto'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServerProcess, startServer } from '../support/server.ts'
import { ServerApi } from '../support/server-api.ts'
import { waitFor } from '../support/wait-for.ts'
import type { LibraryPage } from './library-entry.ts'
import { LibraryBrowser } from './library-page.ts'

declare const holdfast: LibraryPage

let browser: LibraryBrowser
let server: ServerProcess
let api: ServerApi

beforeAll(async () => {
  browser = await LibraryBrowser.create()
  const env = { HOLDFAST_ORIGINS: browser.url, HOLDFAST_GRACE_MS: '2000', HOLDFAST_SWEEP_MS: '250' }
  server = await startServer({ env })
  api = new ServerApi(server.url)
})
afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  await server.stop()
})

const count = (page: Page, type: string): Promise<number> =>
  page.evaluate((name) => holdfast.count(name), type)

const stop = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    await holdfast.recording?.stop()
  })

describe('without a server', () => {
  test('every byte of the recorder is in the buffer, cut at elements, before anything is sent', async () => {
    const page = await browser.openTab()
    const { id } = await page.evaluate(async () => {
      const raw: Blob[] = []
      const Recorder = MediaRecorder
      globalThis.MediaRecorder = class extends Recorder {
        constructor(stream: MediaStream, options?: MediaRecorderOptions) {
          super(stream, options)
          this.addEventListener('dataavailable', ({ data }) => raw.push(data))
        }
      }
      Object.assign(globalThis, { raw })
      return await holdfast.begin({ timesliceMs: 300 })
    })
    await waitFor('chunks', async () => (await count(page, 'buffered')) >= 5)
    await page.evaluate(() => void holdfast.recording?.stop())
    await waitFor('the end of capture', () =>
      page.evaluate(() => holdfast.recording?.state === 'saving'),
    )
    const found = await page.evaluate(async (recording) => {
      const stored = await holdfast.buffer.readRecording(recording)
      const seqs = stored?.pending.get(0) ?? []
      const chunks = await Promise.all(
        seqs.map((seq) => holdfast.buffer.getChunk(recording, 0, seq)),
      )
      const init = stored?.takes[0]?.init ?? new ArrayBuffer(0)
      const kept = new Blob([init, ...chunks.map((chunk) => chunk?.bytes ?? '')])
      const { raw } = globalThis as unknown as { raw: Blob[] }
      const toNumbers = async (blob: Blob) => [...new Uint8Array(await blob.arrayBuffer())]
      return {
        ended: stored?.row.ended,
        aligned: chunks.every((chunk) => chunk?.aligned),
        hashes: await Promise.all(
          chunks.map(async (chunk) => [
            [...new Uint8Array(chunk?.bytes ?? new ArrayBuffer(0))],
            [...(chunk?.sha256 ?? [])],
          ]),
        ),
        kept: await toNumbers(kept),
        raw: await toNumbers(new Blob(raw)),
      }
    }, id)
    expect(found.ended).toBe('user')
    expect(found.aligned).toBe(true)
    expect(Buffer.from(found.kept).equals(Buffer.from(found.raw))).toBe(true)
    for (const [bytes = [], sha256 = []] of found.hashes) {
      const digest = createHash('sha256').update(Buffer.from(bytes)).digest()
      expect(digest.equals(Buffer.from(sha256))).toBe(true)
    }
    await page.evaluate((recording) => holdfast.buffer.deleteRecording(recording), id)
    await page.close()
  }, 60_000)

  test('a recording belongs to its tab: another one neither lists nor drains it, until it is gone', async () => {
    const [maker, other] = [await browser.openTab(), await browser.openTab()]
    const { id } = await maker.evaluate(() => holdfast.begin({ timesliceMs: 300 }))
    await waitFor('a chunk', async () => (await count(maker, 'buffered')) >= 2)
    await waitFor('the lock', () =>
      maker.evaluate(async (one) => (await holdfast.ownedIds()).has(one), id),
    )
    const seen = await other.evaluate(async () => {
      const later: string[] = []
      Object.assign(globalThis, { later })
      const found = await holdfast.drainUnsent({ onFound: (upload) => later.push(upload.id) })
      const listed = await holdfast.listUnsent()
      return { found: found.map((one) => one.id), listed: listed.map((one) => one.id) }
    })
    expect(seen.found).not.toContain(id)
    expect(seen.listed).not.toContain(id)

    await maker.close({ runBeforeUnload: false })
    const later = () => other.evaluate(() => (globalThis as unknown as { later: string[] }).later)
    await waitFor('the other tab to take over', async () => (await later()).includes(id))
    await other.evaluate((recording) => holdfast.deleteUnsent(recording), id)
    expect(await other.evaluate(() => holdfast.listUnsent())).toEqual([])
    await other.close()
  }, 60_000)
})

describe('with the server', () => {
  test('a page of another origin records, stops and gets a ready file; nothing stays behind', async () => {
    const page = await browser.openTab()
    const { id } = await page.evaluate((url) => holdfast.begin({ server: url }), server.url)
    await waitFor('acks', async () => (await count(page, 'acked')) >= 2)
    await stop(page)
    await waitFor('ready', async () => (await count(page, 'ready')) === 1)
    const view = await api.read(id)
    expect(view).toMatchObject({ status: 'ready', version: 1, reason: 'stop', gaps: [] })
    expect(await count(page, 'acked')).toBe(await count(page, 'captured'))
    await waitFor('an empty buffer', () =>
      page.evaluate(async (one) => (await holdfast.buffer.readRecording(one)) === null, id),
    )
    await page.close()
  }, 60_000)

  test('a paused recording is alive long past the grace time', async () => {
    const page = await browser.openTab()
    const { id } = await page.evaluate((url) => holdfast.begin({ server: url }), server.url)
    await waitFor('acks', async () => (await count(page, 'acked')) >= 1)
    await page.evaluate(() => holdfast.recording?.pause())
    const chunks = await count(page, 'captured')
    const pausedAt = Date.now()
    await waitFor('three grace times', () => Date.now() - pausedAt > 6_000, { everyMs: 500 })
    expect(await api.read(id)).toMatchObject({ status: 'recording', version: 0 })
    await page.evaluate(() => holdfast.recording?.resume())
    await waitFor('more chunks', async () => (await count(page, 'captured')) > chunks)
    await stop(page)
    expect(await api.waitForStatus(id, 'ready')).toMatchObject({ version: 1, gaps: [] })
    await page.close()
  }, 60_000)

  test('a reload goes on with the next take of the same recording', async () => {
    const page = await browser.openTab()
    const { id, token } = await page.evaluate((url) => holdfast.begin({ server: url }), server.url)
    await waitFor('acks', async () => (await count(page, 'acked')) >= 1)
    await page.goto(browser.url)
    await page.waitForFunction(() => 'holdfast' in globalThis)
    const again = { server: server.url, id, token }
    await page.evaluate((options) => holdfast.begin(options), again)
    await waitFor('acks of take 1', async () => (await count(page, 'acked')) >= 2)
    await stop(page)
    const view = await waitFor('two takes', async () => {
      const now = await api.read(id)
      return now.takes.length === 2 ? now : null
    })
    expect(view.takes.map(({ take, missing }) => [take, missing])).toEqual([
      [0, []],
      [1, []],
    ])
    await page.close()
  }, 60_000)

  test('a take that another device has begun is gone round, and both are kept', async () => {
    const page = await browser.openTab()
    const [id, token] = ['01890a5d-ac96-774b-bcce-b302099a8058', 'other-device-other-device']
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'video/x-other' }
    const post = { method: 'POST', body: JSON.stringify({ id, token }) }
    await fetch(`${server.url}/api/recordings`, {
      ...post,
      headers: { 'Content-Type': 'application/json' },
    })
    const put = await fetch(`${server.url}/api/recordings/${id}/chunks/0/0`, {
      method: 'PUT',
      body: 'theirs',
      headers,
    })
    expect(put.status).toBe(201)
    const options = { server: server.url, id, token }
    await page.evaluate((one) => holdfast.begin(one), options)
    await waitFor('acks', async () => (await count(page, 'acked')) >= 2)
    await stop(page)
    const { takes } = await api.read(id)
    expect(takes.map(({ take, mimeType }) => [take, mimeType.split(';')[0]])).toEqual([
      [0, 'video/x-other'],
      [1, 'video/webm'],
    ])
    expect(takes[0]?.chunks).toBe(1)
    await page.close()
  }, 60_000)

  test('a stream that is switched goes on as the next take, without losing a chunk', async () => {
    const page = await browser.openTab()
    const { id } = await page.evaluate((url) => holdfast.begin({ server: url }), server.url)
    await waitFor('acks', async () => (await count(page, 'acked')) >= 1)
    await page.evaluate(() => holdfast.recording?.switchStream(holdfast.canvasStream()))
    const before = await count(page, 'acked')
    await waitFor('acks of the next', async () => (await count(page, 'acked')) >= before + 2)
    await stop(page)
    const { takes } = await api.read(id)
    expect(takes.map(({ take, missing }) => [take, missing])).toEqual([
      [0, []],
      [1, []],
    ])
    await page.close()
  }, 60_000)
})
