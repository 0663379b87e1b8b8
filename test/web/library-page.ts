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

async function bundle(): Promise<string> {
  const built = await Bun.build({ entrypoints: [ENTRY], target: 'browser' })
  const [output] = built.outputs
  if (!output) throw new Error('nothing was built')
  return await output.text()
}

/** Serves the page; every other address is one where no Holdfast answers. */
async function serve(script: string): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url === '/page.js') {
      response.setHeader('Content-Type', 'text/javascript').end(script)
    } else if (request.url === '/') {
      response.setHeader('Content-Type', 'text/html')
      response.end(
        '<!doctype html><title>test</title><script type="module" src="/page.js"></script>',
      )
    } else response.writeHead(502).end('no server here')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

export class LibraryBrowser {
  readonly url: string
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
    return new LibraryBrowser(folder, await serve(await bundle()))
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
