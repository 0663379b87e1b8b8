// The pictures of the README, from the real thing: a server on a folder of its own, a browser whose camera shows a calm
// gradient, and the built app. Writes docs/screens/*.png, small.
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCalmCamera } from '../../test/support/calm-camera.ts'
import { CAMERA_NAME, ChromiumProcess } from '../../test/support/chromium.ts'
import { startServer } from '../../test/support/server.ts'
import { type Page, takePicture } from './picture.ts'

const OUT = join(import.meta.dirname, '../../docs/screens')
const WIDE = { width: 1280, height: 800 }
const NARROW = { width: 390, height: 780 }

async function take(page: Page, name: string): Promise<void> {
  await takePicture(page, join(OUT, `${name}.png`), { colours: 160 })
  console.info(`docs/screens/${name}.png`)
}

async function startRecording(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: /^(Camera|Record again)/ }).click()
  await page.getByLabel('Title', { exact: true }).fill(title)
  await page.getByRole('button', { name: 'Record', exact: true }).click()
}

const untilSafe = (page: Page, seconds: number) =>
  page.getByText(new RegExp(`^0:(0[${seconds}-9]|[1-5]\\d) safe on the server$`)).waitFor()

async function record(page: Page, title: string, seconds: number): Promise<void> {
  await startRecording(page, title)
  await untilSafe(page, seconds)
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('heading', { name: 'Safe on the server' }).waitFor()
}

/** In the page: plays until there is a picture of that second, and stays there. */
async function playTo(element: Element, seconds: number): Promise<void> {
  const video = element as HTMLVideoElement
  await video.play()
  await new Promise<void>((resolve) => {
    video.ontimeupdate = () => {
      if (video.currentTime >= seconds) resolve()
    }
  })
  video.pause()
}

async function takeAll(page: Page, url: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setScrollbarsHidden', { hidden: true })
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await page.setViewportSize(WIDE)
  await page.goto(url)
  await record(page, 'Field notes', 3)
  await record(page, 'Interview with Ada', 5)
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await page.locator('main.recording-page video').evaluate(playTo, 2)
  await take(page, 'library-light')
  await page.getByRole('link', { name: 'Recordings' }).click()
  await startRecording(page, 'Weekly demo')
  await untilSafe(page, 6)
  await take(page, 'recording-light')
  await page.emulateMedia({ colorScheme: 'dark' })
  await take(page, 'recording-dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(NARROW)
  await take(page, 'recording-narrow')
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('heading', { name: 'Safe on the server' }).waitFor()
}

export async function takeForReadme(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-screens-'))
  await mkdir(OUT, { recursive: true })
  const cameraFile = join(folder, CAMERA_NAME)
  await makeCalmCamera(cameraFile)
  const server = await startServer()
  const browser = await ChromiumProcess.launch({ profileDir: join(folder, 'profile'), cameraFile })
  try {
    await takeAll(await browser.newPage(), server.url)
  } finally {
    await browser.kill()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
