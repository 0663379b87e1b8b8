// A chunk that the server does not take: never called safe, kept here, and not offered again and again.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ServerProcess, startServer } from '../support/server.ts'
import { ServerApi } from '../support/server-api.ts'
import { waitFor } from '../support/wait-for.ts'
import { leaveBehind, stillHere } from './earlier-visit.ts'
import type { LibraryPage } from './library-entry.ts'
import { LibraryBrowser } from './library-page.ts'

declare const holdfast: LibraryPage

const TOKEN = 'a-token-of-an-earlier-visit'
const LIMIT = 100 * 1024

let browser: LibraryBrowser
let server: ServerProcess
let api: ServerApi

beforeAll(async () => {
  browser = await LibraryBrowser.create()
  const limit = { HOLDFAST_MAX_CHUNK_BYTES: String(LIMIT) }
  server = await startServer({ env: { HOLDFAST_ORIGINS: browser.url, ...limit } })
  api = new ServerApi(server.url)
})
afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  await server.stop()
})

type Drained = { states: string[]; refusal: string; error: string | undefined; requests: number }

/** Drains this device as a visit does; ends when what is found is over. */
async function visit(): Promise<Drained> {
  const page = await browser.openTab()
  let requests = 0
  page.on('request', (request) => {
    if (request.url().startsWith(server.url)) requests += 1
  })
  page.on('websocket', () => {
    requests += 1
  })
  const drained = await page.evaluate(async () => {
    const [upload] = await holdfast.drainUnsent()
    if (!upload) return { states: [], refusal: 'nothing found', error: undefined }
    const states = [upload.state as string]
    upload.on('state', ({ state }) => states.push(state))
    const refusal = await upload.safe.then(
      () => 'safe',
      (error) => `${error.name} ${error.code} ${error.parts}`,
    )
    return { states, refusal, error: upload.error?.code }
  })
  await page.close()
  return { ...drained, requests }
}

test('a conflict is never called safe, is kept, and is offered once', async () => {
  const id = '01890a5d-ac96-774b-bcce-b302099a8071'
  const page = await browser.openTab()
  const json = { 'Content-Type': 'application/json' }
  const body = JSON.stringify({ id, token: TOKEN })
  await fetch(`${server.url}/api/recordings`, { method: 'POST', headers: json, body })
  const headers = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'video/x-test' }
  const url = `${server.url}/api/recordings/${id}/chunks/0/1`
  expect((await fetch(url, { method: 'PUT', body: 'other bytes', headers })).status).toBe(201)
  await leaveBehind(page, { id, token: TOKEN, server: server.url, sizes: [1_000, 1_000, 1_000] })

  const first = await visit()
  expect(first).toMatchObject({ refusal: 'PartialError chunk_conflict 1', error: 'chunk_conflict' })
  expect(first.states).toContain('partial')
  expect(first.states).not.toContain('safe')
  await waitFor('the others to be forgotten', async () => {
    return (await stillHere(page, id)).join() === '1'
  })
  const { takes, conflicts } = (await api.read(id)) as { takes: unknown; conflicts?: number }
  expect(takes).toMatchObject([{ chunks: 3 }])
  expect(conflicts).toBe(1)

  const second = await visit()
  expect(second).toMatchObject({ states: ['partial'], refusal: 'PartialError chunk_conflict 1' })
  expect(second.requests).toBe(0)
  const kept = await page.evaluate(async (one) => {
    const [unsent] = await holdfast.listUnsent()
    const sizes = (await holdfast.readUnsent(one)).map(({ size }) => size)
    return { sizes, refused: unsent?.refusedChunks }
  }, id)
  expect(kept).toEqual({ sizes: [1_000], refused: 1 })
  await page.evaluate((one) => holdfast.deleteUnsent(one), id)
  expect((await visit()).refusal).toBe('nothing found')
  await page.close()
}, 60_000)

test('a chunk that is larger than the server takes is not sent and is kept, and the others go', async () => {
  const id = '01890a5d-ac96-774b-bcce-b302099a8072'
  const page = await browser.openTab()
  const sizes = [1_000, LIMIT + 1, 1_000]
  await leaveBehind(page, { id, token: TOKEN, server: server.url, sizes })
  const refused = await visit()
  expect(refused).toMatchObject({ refusal: 'PartialError chunk_too_large 1' })
  await waitFor('the others to be forgotten', async () => {
    return (await stillHere(page, id)).join() === '1'
  })
  expect((await api.read(id)).takes).toMatchObject([{ chunks: 2, missing: [[1, 1]] }])
  await page.evaluate((one) => holdfast.deleteUnsent(one), id)
  await page.close()
}, 60_000)

test('a server whose limit is below what recorders may have made already says so at its start', () => {
  const warnings = server.logs.filter(({ level }) => level === 'warn')
  expect(warnings).toContainEqual(expect.objectContaining({ maxChunkBytes: LIMIT }))
})

test('a recorder cuts its chunks as small as the server wants them', async () => {
  const page = await browser.openTab()
  const { id } = await page.evaluate((url) => {
    // Noise, so that a slice is far larger than the limit.
    const canvas = document.createElement('canvas')
    Object.assign(canvas, { width: 640, height: 480 })
    const context = canvas.getContext('2d')
    const draw = () => {
      const image = context?.createImageData(640, 480)
      if (!context || !image) return
      for (let at = 0; at < image.data.length; at += 65_536) {
        crypto.getRandomValues(image.data.subarray(at, at + 65_536))
      }
      context.putImageData(image, 0, 0)
    }
    draw()
    setInterval(draw, 50)
    const rate = { videoBitsPerSecond: 4_000_000 }
    return holdfast.begin({ server: url, ...rate }, canvas.captureStream(20))
  }, server.url)
  const sizes = () =>
    page.evaluate(() =>
      holdfast.log
        .filter(({ type }) => type === 'captured')
        .map(({ event }) => (event as { bytes: number }).bytes),
    )
  await waitFor('chunks as large as the limit', async () => {
    return (await sizes()).filter((size) => size === LIMIT).length >= 2
  })
  await page.evaluate(async () => {
    await holdfast.recording?.stop()
  })
  expect(Math.max(...(await sizes()))).toBe(LIMIT)
  expect((await api.read(id)).takes).toMatchObject([{ missing: [] }])
  await page.close()
}, 60_000)
