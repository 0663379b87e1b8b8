// One visitor for all tests of a file: a world that is made once and ended with the file.
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import type { RecorderPage } from '../support/recorder-page.ts'
import { waitFor } from '../support/wait-for.ts'
import { createWorld, type World } from '../support/world.ts'

export type Visit = {
  readonly world: World
  readonly page: Page
  /** Errors of the page since the test began. */
  readonly errors: string[]
  /** A recording made by three clicks; resolves with its id once the page says that it is safe. */
  recordFor(ms: number, title?: string): Promise<string>
}

/** The page of a recording, inside the app or behind a link. */
export const recordingPage = (page: Page): Locator => page.locator('main.recording-page')

/**
 * Without what the browser itself writes down when something of a recording (its picture, a last look) was asked for in the moment
 * in which it was deleted.
 */
export const withoutGone = (errors: readonly string[]): string[] =>
  errors.filter((error) => !error.includes('status of 410'))

/** From then on the page opens without the server, and takes what is shared. */
export const untilControlled = (page: Page): Promise<unknown> =>
  waitFor('the service worker', () =>
    page.evaluate(() => navigator.serviceWorker.controller !== null),
  )

/** As the link above it does. */
export const backToList = (page: Page): Promise<void> =>
  recordingPage(page).getByRole('link', { name: 'Recordings' }).click()

/** Opens the page anew before each test. Call at the top of a test file. */
export function useVisit(): Visit {
  let world: World
  let recorder: RecorderPage
  beforeAll(async () => {
    world = await createWorld()
  })
  beforeEach(async () => {
    recorder = await world.openPage()
    await recorder.page.getByRole('heading', { level: 1 }).waitFor()
  })
  // Each page listens to events: with six of them open a browser has no connection left for a seventh.
  afterEach(async () => {
    await recorder.page.close()
  })
  afterAll(async () => {
    await world[Symbol.asyncDispose]()
  })
  return {
    get world() {
      return world
    },
    get page() {
      return recorder.page
    },
    get errors() {
      return recorder.errors
    },
    async recordFor(ms, title) {
      const before = new Set((await world.api.list()).map(({ id }) => id))
      await recordFor(recorder, ms, title)
      const made = (await world.api.list()).find(({ id }) => !before.has(id))
      if (!made) throw new Error('the server does not list what it called safe')
      return made.id
    },
  }
}

async function recordFor(recorder: RecorderPage, ms: number, title = ''): Promise<void> {
  const { page } = recorder
  await page.getByRole('button', { name: /^Camera/ }).click()
  await page.getByLabel('Title', { exact: true }).fill(title)
  await page.getByRole('button', { name: 'Record', exact: true }).click()
  const isLongEnough = (atLeastMs: number) => {
    const text = document.querySelector('.clock time')?.textContent ?? ''
    const [minutes = 0, seconds = 0] = text.split(':').map(Number)
    return (minutes * 60 + seconds) * 1000 >= atLeastMs
  }
  await page.waitForFunction(isLongEnough, ms, { polling: 100 })
  await recorder.stop()
  await recorder.waitUntilSafe()
}
