// A file from disk: copied into the browser's storage in one piece, sent like a recording, and the same at the end. What is
// no media, or is cut off, is said to be that, and leaves nothing behind.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { packetTimes, probe, shownPackets } from '../support/ffmpeg.ts'
import { type ServerProcess, startServer } from '../support/server.ts'
import { ServerApi } from '../support/server-api.ts'
import { waitFor } from '../support/wait-for.ts'
import type { LibraryPage } from './library-entry.ts'
import { LibraryBrowser } from './library-page.ts'

declare const holdfast: LibraryPage

const run = promisify(execFile)
vi.setConfig({ testTimeout: 90_000 })
const MiB = 1024 * 1024

let browser: LibraryBrowser
let server: ServerProcess
let api: ServerApi
let folder: string

beforeAll(async () => {
  browser = await LibraryBrowser.create()
  server = await startServer({ env: { HOLDFAST_ORIGINS: browser.url } })
  api = new ServerApi(server.url)
  folder = await mkdtemp(join(tmpdir(), 'holdfast-files-'))
})
afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Eight seconds whose pictures do not compress well: some MB. */
async function encode(name: string, ...options: string[]): Promise<string> {
  const path = join(folder, name)
  const noise = ['-f', 'lavfi', '-i', 'nullsrc=s=320x240:r=15:d=8,geq=random(1)*255:128:128']
  const tone = ['-f', 'lavfi', '-i', 'sine=f=440:r=48000:d=8']
  await run('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...noise, ...tone, ...options, path])
  return path
}
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac']
const VP8 = ['-c:v', 'libvpx', '-deadline', 'realtime', '-b:v', '3M', '-c:a', 'libopus']

/** As a person chooses it. Resolves with its id, or with why it is not taken. */
async function add(page: Page, path: string): Promise<string> {
  await page.evaluate(() => {
    const input = document.createElement('input')
    Object.assign(input, { type: 'file', id: 'file' })
    document.querySelector('#file')?.remove()
    document.body.append(input)
  })
  // By its path: Playwright's own way carries the bytes, and no more than 50 MB of them.
  const session = await page.context().newCDPSession(page)
  const { root } = await session.send('DOM.getDocument')
  const { nodeId } = await session.send('DOM.querySelector', {
    nodeId: root.nodeId,
    selector: '#file',
  })
  await session.send('DOM.setFileInputFiles', { nodeId, files: [path] })
  return await page.evaluate(async (url) => {
    const [file] = document.querySelector<HTMLInputElement>('#file')?.files ?? []
    if (!file) return 'no file was chosen'
    try {
      const upload = await holdfast.addFile(file, { server: url })
      Object.assign(globalThis, { upload })
      return upload.id
    } catch (error) {
      return error instanceof holdfast.FileError ? error.code : String(error)
    }
  }, server.url)
}

const isSafe = (page: Page): Promise<void> =>
  page.evaluate(() => (globalThis as unknown as { upload: { safe: Promise<void> } }).upload.safe)
const isEmpty = (page: Page): Promise<boolean> =>
  page.evaluate(async () => (await holdfast.buffer.listIds()).length === 0)

async function served(id: string): Promise<string> {
  const path = join(folder, `served-${id}`)
  await writeFile(path, await api.media(id))
  return path
}

test.for([
  ['behind.mp4', H264],
  ['front.mp4', [...H264, '-movflags', 'faststart']],
  ['fragments.mp4', [...H264, '-movflags', 'frag_keyframe+empty_moov+default_base_moof']],
  ['camera.mov', H264],
] as const)('%s comes out with every packet at its time', async ([name, options]) => {
  const path = await encode(name, ...options)
  const page = await browser.openTab()
  const id = await add(page, path)
  await isSafe(page)
  const { durationMs, gaps } = await api.waitForStatus(id, 'ready')
  expect(gaps).toEqual([])
  expect(Math.abs((durationMs ?? 0) - (await probe(path, 'mp4')).durationMs)).toBeLessThan(60)
  expect(await packetTimes(await served(id))).toEqual(await packetTimes(path))
  await waitFor('an empty buffer', () => isEmpty(page))
  await page.close()
})

test.for(['tool.webm', 'tool.mkv'])('%s comes out with every packet at its time', async (name) => {
  const path = await encode(name, ...VP8)
  const page = await browser.openTab()
  const id = await add(page, path)
  await isSafe(page)
  const { durationMs } = await api.waitForStatus(id, 'ready')
  expect(Math.abs((durationMs ?? 0) - (await probe(path)).durationMs)).toBeLessThan(60)
  const out = await served(id)
  expect(await shownPackets(out, 'matroska')).toEqual(await shownPackets(path, 'matroska'))
  await page.close()
})

test('a file that is no media, or cut off, is said to be that and leaves nothing', async () => {
  const page = await browser.openTab()
  const text = join(folder, 'list.mp4')
  await writeFile(text, 'ffconcat version 1.0\nfile a\n'.repeat(100))
  expect(await add(page, text)).toBe('not_media')
  const none = join(folder, 'none.webm')
  await writeFile(none, '')
  expect(await add(page, none)).toBe('not_media')
  const whole = await readFile(await encode('whole.mp4', ...H264))
  const cut = join(folder, 'cut.mp4')
  await writeFile(cut, whole.subarray(0, whole.length - 20_000))
  expect(await add(page, cut)).toBe('cut_off')
  const front = await readFile(await encode('front2.mp4', ...H264, '-movflags', 'faststart'))
  await writeFile(cut, front.subarray(0, front.length - 20_000))
  expect(await add(page, cut)).toBe('cut_off')
  expect(await isEmpty(page)).toBe(true)
  await page.close()
})

test('where nothing can be stored nothing is begun, and a file that has gone is said to be unreadable', async () => {
  const path = await encode('gone.mp4', ...H264)
  const page = await browser.openTab()
  await page.evaluate(() => {
    const real = Object.getOwnPropertyDescriptor(IDBObjectStore.prototype, 'put')
    const refuse = (name: string) => {
      // The file alone: what is put before it must not stay.
      IDBObjectStore.prototype.put = function keep(this: IDBObjectStore, value, key) {
        if (value instanceof Blob) throw new DOMException('refused', name)
        return real?.value.call(this, value, key)
      }
    }
    const allow = () => Object.defineProperty(IDBObjectStore.prototype, 'put', real ?? {})
    Object.assign(globalThis, { refuse, allow })
  })
  for (const [name, code] of [
    ['QuotaExceededError', 'no_room'],
    ['UnknownError', 'not_stored'],
  ] as const) {
    await page.evaluate((one) => {
      ;(globalThis as unknown as { refuse: (name: string) => void }).refuse(one)
    }, name)
    expect(await add(page, path)).toBe(code)
  }
  await page.evaluate(() => (globalThis as unknown as { allow: () => void }).allow())
  expect(await isEmpty(page)).toBe(true)
  await page.evaluate(() => {
    Blob.prototype.slice = () =>
      Object.assign(new Blob(), {
        arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotFoundError')),
      })
  })
  expect(await add(page, path)).toBe('unreadable')
  await page.close()
})

test('a browser that is killed in the middle sends the rest at the next visit', async () => {
  const path = await encode('killed.mp4', ...H264)
  await server.kill('SIGKILL')
  const page = await browser.openTab()
  const id = await add(page, path)
  await browser.kill()
  await server.start()
  const again = await browser.openTab()
  const found = await again.evaluate(async () => {
    const [upload] = await holdfast.drainUnsent()
    Object.assign(globalThis, { upload })
    return upload && { id: upload.id, file: upload.file, recordedMs: upload.progress.recordedMs }
  })
  const { size } = await stat(path)
  const file = { name: 'killed.mp4', type: 'video/mp4', bytes: size }
  expect(found).toMatchObject({ id, file })
  expect(Math.abs((found?.recordedMs ?? 0) - 8_000)).toBeLessThan(100)
  await isSafe(again)
  expect((await api.waitForStatus(id, 'ready')).gaps).toEqual([])
  expect(await packetTimes(await served(id))).toEqual(await packetTimes(path))
  await again.close()
})

/** What the page's script holds, its buffers included; no garbage. */
async function heldBytes(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage')
  const usage = await session.send('Runtime.getHeapUsage')
  const { usedSize, backingStorageSize } = usage as typeof usage & { backingStorageSize: number }
  return usedSize + backingStorageSize
}

const SIZE = Number(process.env.HOLDFAST_TEST_FILE_MIB ?? 300) * MiB

test('a file larger than memory should be is sent with memory flat', async () => {
  const path = await encode('large.mp4', ...H264, '-movflags', 'faststart')
  const { size } = await stat(path)
  // A box that every player passes over, and that takes no room on the disk here.
  const handle = await open(path, 'r+')
  const head = Buffer.alloc(8)
  head.writeUInt32BE(SIZE - size)
  head.write('free', 4)
  await handle.write(head, 0, 8, size)
  await handle.close()
  await truncate(path, SIZE)
  const page = await browser.openTab()
  const session = await page.context().newCDPSession(page)
  const before = await heldBytes(session)
  const id = await add(page, path)
  const held: number[] = []
  let isDone = false
  const safe = isSafe(page).then(() => {
    isDone = true
  })
  const look = async () => {
    held.push(await heldBytes(session))
    return isDone
  }
  await waitFor('all of it to be safe', look, { timeoutMs: 200_000, everyMs: 250 })
  await safe
  expect(Math.max(...held) - before).toBeLessThan(48 * MiB)
  await api.waitForStatus(id, 'ready', { timeoutMs: 60_000 })
  const hash = createHash('sha256')
  for await (const bytes of createReadStream(path)) hash.update(bytes as Buffer)
  const out = createHash('sha256')
  const answer = await fetch(`${server.url}/api/recordings/${id}/media`)
  for await (const bytes of answer.body ?? []) out.update(bytes)
  expect(out.digest('hex')).toBe(hash.digest('hex'))
  await page.close()
}, 300_000)
