// Chromium in front of files in memory: one browser and one page with a video element for all files of a test. What it
// does with a file is in watched.ts.
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { CHROMIUM, ChromiumProcess } from './chromium.ts'
import { RangeServer, type ServedFile } from './range-server.ts'

/** False on machines without Chromium: tests that need it must say that they were skipped. */
export const hasChromium = existsSync(CHROMIUM)

const PAGE: ServedFile = {
  bytes: new TextEncoder().encode('<!doctype html><video muted>'),
  contentType: 'text/html',
}

export class Player {
  readonly page: Page
  readonly #browser: ChromiumProcess
  readonly #server: RangeServer
  readonly #folder: string

  private constructor(
    page: Page,
    { browser, server, folder }: { browser: ChromiumProcess; server: RangeServer; folder: string },
  ) {
    this.page = page
    this.#browser = browser
    this.#server = server
    this.#folder = folder
  }

  /** `files` by path, the leading slash included; more may be added to it later. */
  static async open(files: Map<string, ServedFile>): Promise<Player> {
    files.set('/', PAGE)
    const server = await RangeServer.listen(files)
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-player-'))
    const browser = await ChromiumProcess.launch({ profileDir: folder })
    const page = await browser.newPage()
    await page.goto(`${server.origin}/`)
    return new Player(page, { browser, server, folder })
  }

  /** Range headers by path, in order of arrival. */
  get requests(): ReadonlyMap<string, readonly string[]> {
    return this.#server.requests
  }

  async close(): Promise<void> {
    await this.#browser.kill()
    await this.#server.close()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
