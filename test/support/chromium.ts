// The system's real Chromium with a profile of its own, started as a process group so that it can be
// killed like a crash, and started again on the same profile.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir, readFile, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { waitFor } from './wait-for.ts'

export const CHROMIUM = '/usr/bin/chromium'

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  // Two pages of the address bar's own, which nobody opens here: two of five seconds of a core in each start.
  '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup',
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--remote-debugging-port=0',
]

type LaunchOptions = {
  /** The same folder again = the same person's next visit. */
  profileDir: string
  /** What the fake camera plays: MJPEG, in a file called CAMERA_NAME. */
  cameraFile?: string
  /** What the person's browser asks pages for. @default en-US */
  language?: string
  /** Beyond those that every test has. */
  flags?: readonly string[]
  /** Beside this process's own. */
  env?: Readonly<Record<string, string>>
}

/** Of a file for `cameraFile`: its last letters are how Chromium knows the format, the whole is the name that pages hear. */
export const CAMERA_NAME = 'Webcam MJPEG'

export class ChromiumProcess {
  readonly #child: ChildProcess
  readonly #browser: Browser

  private constructor(child: ChildProcess, browser: Browser) {
    this.#child = child
    this.#browser = browser
  }

  static async launch(options: LaunchOptions): Promise<ChromiumProcess> {
    const { profileDir, cameraFile, language, flags = [] } = options
    const portFile = join(profileDir, 'DevToolsActivePort')
    await rm(portFile, { force: true })
    // The page is told the file as the camera's name: no more of it than a person would call theirs.
    const cwd = cameraFile && dirname(cameraFile)
    const camera = cameraFile ? [`--use-file-for-fake-video-capture=${basename(cameraFile)}`] : []
    const spoken = language ? [`--lang=${language}`, `--accept-lang=${language}`] : []
    const own = [...camera, ...spoken, ...flags, `--user-data-dir=${profileDir}`]
    const args = [...FLAGS, ...own, 'about:blank']
    const env = { ...process.env, ...options.env }
    const child = spawn(CHROMIUM, args, { detached: true, stdio: 'ignore', cwd, env })
    const port = await waitFor('Chromium to listen', async () => {
      if (!existsSync(portFile)) return null
      return (await readFile(portFile, 'utf8')).split('\n')[0] || null
    })
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`)
    return new ChromiumProcess(child, browser)
  }

  get context(): BrowserContext {
    const [context] = this.#browser.contexts()
    if (!context) throw new Error('Chromium has no default context')
    return context
  }

  newPage(): Promise<Page> {
    return this.context.newPage()
  }

  /** A window of its own whose storage lives in memory and ends with its context; it may ask for a language of its own. */
  async newPrivatePage(language?: string): Promise<Page> {
    const context = await this.#browser.newContext(language ? { locale: language } : {})
    return await context.newPage()
  }

  /** SIGSTOP to every process that runs pages, as a system's sleep does; then SIGCONT. */
  async freezePages(isFrozen: boolean): Promise<void> {
    for (const pid of await renderersOf(this.#child.pid)) {
      process.kill(pid, isFrozen ? 'SIGSTOP' : 'SIGCONT')
    }
  }

  /** SIGKILL to every process of the browser: no event runs in any page. */
  async kill(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child
    if (pid === undefined || exitCode !== null || signalCode !== null) return
    const gone = once(this.#child, 'exit')
    process.kill(-pid, 'SIGKILL')
    await gone
    await this.#browser.close().catch(() => undefined)
  }
}

/** Processes of the browser's group that run pages and workers. */
async function renderersOf(group: number | undefined): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(
    pids.map(async (pid) => {
      // A process that ended meanwhile is none of them.
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      const [, , inGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return Number(inGroup) === group && command.includes('--type=renderer') ? [pid] : []
    }),
  )
  return found.flat()
}
