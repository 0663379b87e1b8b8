// The library alone in a real browser: bundled as an app's bundler would, on a page without a framework,
// beside the real server or without any. What a test needs of its inside is on `globalThis.holdfast`.
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { ChromiumProcess } from '../support/chromium.ts'

const ENTRY = new URL('./library-entry.ts', import.meta.url).pathname

const WORKER = new URL('../../web/worker/service-worker.ts', import.meta.url).pathname

type Files = Record<string, { type: string; body: () => string }>

const SCRIPT = 'text/javascript'

/** @param isSplit what is imported later is a file of its own. @returns each file's code by its name, the entry first */
async function bundle(entry: string, isSplit: boolean): Promise<[name: string, code: string][]> {
  const define = { 'self.__WB_MANIFEST': '[]', 'process.env.NODE_ENV': '"production"' }
  const built = await Bun.build({
    ...{ entrypoints: [entry], target: 'browser', define, splitting: isSplit },
    naming: { entry: 'page.js', chunk: '[name]-[hash].js' },
  })
  return await Promise.all(
    built.outputs.map(async (one): Promise<[string, string]> => {
      return [one.path.replace('./', '/'), await one.text()]
    }),
  )
}

const HTML = '<!doctype html><title>test</title><script type="module" src="/page.js"></script>'

/** Serves the page; every other address is one where no Holdfast answers. */
async function serve(files: Files): Promise<Server> {
  const server = createServer((request, response) => {
    const body = files[request.url ?? '']?.body() ?? ''
    if (body) response.setHeader('Content-Type', files[request.url ?? '']?.type ?? '').end(body)
    else response.writeHead(502).end('no server here')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

export class LibraryBrowser {
  readonly url: string
  /** Another number is another version of the app's service worker. */
  workerVersion = 1
  /** Whether the part that sends can be fetched. */
  hasSender = true
  readonly #folder: string
  readonly #server: Server
  #chromium: ChromiumProcess | null = null

  private constructor(folder: string, server: Server) {
    this.#folder = folder
    this.#server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  static async create(): Promise<LibraryBrowser> {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-web-'))
    const [[, worker] = ['', '']] = await bundle(WORKER, false)
    const parts = (await bundle(ENTRY, true)).map(([name, code]): [string, Files[string]] => {
      const isSender = name !== '/page.js' && code.includes('class Sending')
      return [name, { type: SCRIPT, body: () => (isSender && !browser.hasSender ? '' : code) }]
    })
    const server = await serve({
      ...Object.fromEntries(parts),
      '/': { type: 'text/html', body: () => HTML },
      '/service-worker.js': { type: SCRIPT, body: () => `${worker}//${browser.workerVersion}` },
    })
    const browser = new LibraryBrowser(folder, server)
    return browser
  }

  /** A new tab; after `kill` the same person's next visit. */
  async openTab(): Promise<Page> {
    this.#chromium ??= await ChromiumProcess.launch({ profileDir: join(this.#folder, 'profile') })
    const page = await this.#chromium.newPage()
    await page.goto(this.url)
    await page.waitForFunction(() => 'holdfast' in globalThis)
    return page
  }

  /** SIGKILL: nothing runs any more in any page. */
  async kill(): Promise<void> {
    await this.#chromium?.kill()
    this.#chromium = null
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    this.#server.close()
    this.#server.closeAllConnections()
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
