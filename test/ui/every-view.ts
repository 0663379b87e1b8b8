// Every screen that the tests look at, wide and light, narrow and dark, in a browser that draws it the same each time.
import type { Page } from 'playwright-core'
import { words as english } from '../../web/ui/strings/en.ts'
import { afterWords } from '../../web/ui/strings/en-after.ts'
import { heldWords } from '../../web/ui/strings/en-held.ts'
import { makeCalmCamera } from '../support/calm-camera.ts'
import { waitFor } from '../support/wait-for.ts'
import { createWorld, type World } from '../support/world.ts'
import { walkScreens } from './screens.ts'
import { STILL_BROWSER } from './still.ts'

const VIEWS = {
  wide: { size: { width: 1280, height: 800 }, colorScheme: 'light' },
  narrow: { size: { width: 390, height: 780 }, colorScheme: 'dark' },
} as const

/** The name is that of a file: `recording-page-link.narrow.png`. */
export type View = { readonly page: Page; readonly name: string }

/** A row whose picture comes a second later looks different then. */
const untilPicturesAreMade = (world: World) =>
  waitFor('the pictures of all recordings', async () => {
    const recordings = (await world.api.list()) as unknown as Listed[]
    return recordings.every((one) => one.version === 0 || one.thumbnailUrl !== null)
  })

type Listed = { version: number; thumbnailUrl: string | null }

/** What is made after a recording is shown when the page has heard of it; while the server is away, it hears of nothing. */
const untilItIsShown = (page: Page) =>
  page
    .waitForFunction(
      () => {
        const isBare =
          '.row:has(.row-state > .good) .row-play:not(.has-picture), main.recording-page:not(:has(.wave))'
        return document.querySelector(isBare) === null
      },
      undefined,
      { timeout: SHOWN_MS },
    )
    .catch(() => undefined)

const SHOWN_MS = 8000

/** In the page: what is drawn to the size of its place is drawn anew a frame later. */
const settle = async () => {
  scrollTo(0, 0)
  await document.fonts.ready
  for (let frames = 0; frames < 2; frames += 1) await new Promise(requestAnimationFrame)
}

/** Resolves with the names of all views when `see` has seen each. */
export async function walkViews(see: (view: View) => Promise<void>): Promise<string[]> {
  await using world = await createWorld({
    ...{ language: 'en-US', makeCamera: makeCalmCamera, drawing: STILL_BROWSER },
    // However slow the machine is, nobody is silent for so long: a recording ends when it is told to, and in one way.
    env: { HOLDFAST_GRACE_MS: '120000' },
  })
  const names: string[] = []
  const look = async (page: Page, screen: string) => {
    await untilPicturesAreMade(world)
    await untilItIsShown(page)
    for (const [view, { size, colorScheme }] of Object.entries(VIEWS)) {
      const name = `${screen.replaceAll(/\W+/g, '-')}.${view}.png`
      await page.setViewportSize(size)
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.evaluate(settle)
      await see({ page, name })
      names.push(name)
    }
    await page.setViewportSize(VIEWS.wide.size)
  }
  await walkScreens({ world, words: english, after: afterWords, held: heldWords, look })
  return names
}
