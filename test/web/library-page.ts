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

async function bundle(entry: string): Promise<string> {
  const define = { 'self.__WB_MANIFEST': '[]', 'process.env.NODE_ENV': '"production"' }
  const built = await Bun.build({ entrypoints: [entry], target: 'browser', define })
  const [output] = built.outputs
  if (!output) throw new Error('nothing was built')
  return await output.text()
}

type Files = Record<string, { type: string; body: () => string }>

const HTML = '<!doctype html><title>test</title><script type="module" src="/page.js"></script>'

/** Serves the page; every other address is one where no Holdfast answers. */
async function serve(files: Files): Promise<Server> {
  const server = createServer((request, response) => {
    const file = files[request.url ?? '']
    if (file) response.setHeader('Content-Type', file.type).end(file.body())
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
    const [page, worker] = [await bundle(ENTRY), await bundle(WORKER)]
    const script = 'text/javascript'
    const server = await serve({
      '/': { type: 'text/html', body: () => HTML },
      '/page.js': { type: script, body: () => page },
      '/service-worker.js': { type: script, body: () => `${worker}//${browser.workerVersion}` },
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
