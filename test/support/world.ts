// One test's world: a server process on a data folder of its own, a real browser with a profile of its own,
// a line between them that can be cut. Everything is ended and removed with it.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CAMERA_NAME, ChromiumProcess } from './chromium.ts'
import { makeNoisyCamera } from './media-probe.ts'
import { RecorderPage } from './recorder-page.ts'
import { type RecorderTap, tapRecorder } from './recorder-tap.ts'
import { type ServerProcess, startServer } from './server.ts'
import { ServerApi } from './server-api.ts'
import { TcpProxy } from './tcp-proxy.ts'

type Drawing = { flags: readonly string[]; env: Readonly<Record<string, string>> }

type WorldOptions = {
  env?: Record<string, string>
  /** A camera and a bit rate whose slices are larger than a beacon. */
  isHeavy?: boolean
  /** Writes the MJPEG file that the camera plays. @default the browser's own, or a noisy one where it is heavy */
  makeCamera?: (path: string) => Promise<void>
  /** What the browser asks pages for. @default en-US */
  language?: string
  /** How the browser draws, where that is not left to the machine. */
  drawing?: Drawing
  /** What is done to the browser's profile before its first start. */
  prepareProfile?: (folder: string) => Promise<void>
}

export type World = AsyncDisposable & {
  server: ServerProcess
  api: ServerApi
  proxy: TcpProxy
  /** Opens the page through the proxy, with a tap on every recorder of the browser. */
  openPage(): Promise<RecorderPage>
  /** The same in a window of its own whose storage goes with it. No tap. */
  openPrivateWindow(): Promise<RecorderPage>
  tap(): RecorderTap
  /** Every page of the browser stands still, and goes on where it was. */
  freezePages(isFrozen: boolean): Promise<void>
  /** SIGKILL to the browser; the next `openPage` is the same person's next visit. */
  killBrowser(): Promise<void>
}

/** 2.5 Mbit/s: one second is five times what a beacon carries. */
const HEAVY_BITS_PER_SECOND = 2_500_000

/** Short enough for a test, long enough that a busy machine's browser reconnects inside it. */
export const GRACE_MS = 5000

class Browser {
  readonly #folder: string
  readonly #isHeavy: boolean
  readonly #makeCamera: WorldOptions['makeCamera']
  readonly #language: string | undefined
  readonly #drawing: WorldOptions['drawing']
  readonly #prepare: WorldOptions['prepareProfile']
  #process: ChromiumProcess | null = null
  #tap: RecorderTap | null = null

  constructor(folder: string, options: WorldOptions) {
    const { isHeavy = false, makeCamera, language, drawing, prepareProfile } = options
    this.#folder = folder
    this.#isHeavy = isHeavy
    this.#makeCamera = makeCamera ?? (isHeavy ? makeNoisyCamera : undefined)
    this.#language = language
    this.#drawing = drawing
    this.#prepare = prepareProfile
  }

  get tap(): RecorderTap {
    if (!this.#tap) throw new Error('no page was opened')
    return this.#tap
  }

  async open(url: string): Promise<RecorderPage> {
    this.#process ??= await this.#launch()
    return await RecorderPage.open(await this.#process.newPage(), url)
  }

  async openPrivate(url: string): Promise<RecorderPage> {
    this.#process ??= await this.#launch()
    return await RecorderPage.open(await this.#process.newPrivatePage(), url)
  }

  async freeze(isFrozen: boolean): Promise<void> {
    await this.#process?.freezePages(isFrozen)
  }

  async kill(): Promise<void> {
    await this.#process?.kill()
    this.#process = null
  }

  async #launch(): Promise<ChromiumProcess> {
    const profileDir = join(this.#folder, 'profile')
    await this.#prepare?.(profileDir)
    const cameraFile = join(this.#folder, CAMERA_NAME)
    await this.#makeCamera?.(cameraFile)
    const launched = await ChromiumProcess.launch({
      profileDir,
      ...this.#drawing,
      ...(this.#makeCamera && { cameraFile }),
      ...(this.#language && { language: this.#language }),
    })
    const rate = this.#isHeavy ? { videoBitsPerSecond: HEAVY_BITS_PER_SECOND } : {}
    this.#tap = await tapRecorder(launched.context, rate)
    return launched
  }
}

export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-e2e-'))
  const server = await startServer({
    env: { HOLDFAST_GRACE_MS: String(GRACE_MS), HOLDFAST_SWEEP_MS: '250', ...options.env },
  })
  const proxy = await TcpProxy.listen(Number(new URL(server.url).port))
  const browser = new Browser(folder, options)
  return {
    server,
    api: new ServerApi(server.url),
    proxy,
    openPage: () => browser.open(proxy.url),
    openPrivateWindow: () => browser.openPrivate(proxy.url),
    tap: () => browser.tap,
    freezePages: (isFrozen) => browser.freeze(isFrozen),
    killBrowser: () => browser.kill(),
    async [Symbol.asyncDispose]() {
      await browser.kill()
      await proxy.close()
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
