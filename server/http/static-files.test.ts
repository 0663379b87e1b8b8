import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readStaticFiles, serveStatic } from './static-files.ts'

let folder: string
let app: Hono

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-static-'))
  await mkdir(join(folder, 'dist/assets'), { recursive: true })
  await writeFile(join(folder, 'secret.txt'), 'secret')
  await writeFile(join(folder, 'dist/index.html'), '<!doctype html>the app')
  await writeFile(join(folder, 'dist/sw.js'), 'worker')
  await writeFile(join(folder, 'dist/assets/index-BxY3_a9Q.js'), 'code')
  for (const name of ['words.en-AAAAAAAA', 'words.de-B_BBB-BB', 'de-page-CCCCCCCC'])
    await writeFile(join(folder, `dist/assets/${name}.js`), 'words')
  app = new Hono()
  app.use(serveStatic(await readStaticFiles(join(folder, 'dist'))))
})
afterAll(() => rm(folder, { recursive: true }))

const get = (path: string, init?: RequestInit) => app.request(path, init)

it('serves the application at / and at the addresses of its own pages', async () => {
  for (const path of ['/', '/library', '/recordings/1']) {
    const response = await get(path)
    expect(await response.text()).toContain('the app')
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-cache')
  }
})

it.each([
  ['de-AT,de;q=0.9,en;q=0.8', 'de-B_BBB-BB'],
  ['fr-CH, DE;q=0.5', 'de-B_BBB-BB'],
  ['en-GB,de', 'en-AAAAAAAA'],
  ['deu', 'en-AAAAAAAA'],
  ['', 'en-AAAAAAAA'],
])(
  'has the browser of who asks for %j fetch the right words with the page',
  async (asked, file) => {
    const { headers } = await get('/recordings/1', { headers: { 'Accept-Language': asked } })
    expect(headers.get('link')).toBe(`</assets/words.${file}.js>; rel=modulepreload`)
    expect(headers.get('vary')).toBe('Accept-Language')
    expect((await get('/sw.js')).headers.get('link')).toBeNull()
  },
)

it('lets browsers keep for ever what has its hash in its name, and nothing else', async () => {
  const asset = await get('/assets/index-BxY3_a9Q.js')
  expect(asset.headers.get('cache-control')).toContain('immutable')
  expect(asset.headers.get('content-type')).toContain('text/javascript')
  expect((await get('/sw.js')).headers.get('cache-control')).toBe('no-cache')
})

it('says 304 to a browser that has the file', async () => {
  const etag = (await get('/sw.js')).headers.get('etag') ?? ''
  const again = await get('/sw.js', { headers: { 'If-None-Match': etag } })
  expect([again.status, await again.text()]).toEqual([304, ''])
})

it.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/..\\secret.txt',
])('never serves %s', async (path) => {
  const response = await get(path)
  expect(await response.text()).not.toContain('secret')
})

it.each(['/missing.js', '/api/nothing', '/assets/gone-12345678.js'])(
  'leaves %s to be not found',
  async (path) => expect((await get(path)).status).toBe(404),
)

it('takes no other methods', async () => {
  expect((await get('/', { method: 'POST' })).status).toBe(404)
})

it('is empty where the application was not built', async () => {
  expect((await readStaticFiles(join(folder, 'nothing'))).size).toBe(0)
})
