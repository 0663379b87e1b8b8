// Every screen that the tests look at, wide and light, narrow and dark. Each is taken twice: as a person sees it, for people, and
// held still, to be compared with what it was.
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createWorld } from '../../test/support/world.ts'
import { walkScreens } from '../../test/ui/screens.ts'
import { words as english } from '../../web/ui/strings/en.ts'
import { afterWords } from '../../web/ui/strings/en-after.ts'
import { makeCalmCamera } from './camera.ts'
import { type Page, takePicture } from './picture.ts'
import { holdStill } from './still.ts'

/** As a person sees them. */
export const EVERY_SCREEN = join(import.meta.dirname, '../../docs/screens/every')
/** Held still: what later ones are compared with. */
export const STILLS = join(import.meta.dirname, '../../test/ui/stills')

type Folders = {
  stills: string
  /** Where pictures for people go, if they are wanted. */
  pictures?: string
}

const VIEWS = {
  wide: { size: { width: 1280, height: 800 }, colorScheme: 'light' },
  narrow: { size: { width: 390, height: 780 }, colorScheme: 'dark' },
} as const

async function takeView(page: Page, name: string, { stills, pictures }: Folders): Promise<void> {
  if (pictures) await takePicture(page, join(pictures, name), { colours: 160, fullPage: true })
  const goOn = await holdStill(page)
  await takePicture(page, join(stills, name), { colours: 48, fullPage: true })
  await goOn()
}

async function takeViews(page: Page, screen: string, folders: Folders): Promise<string[]> {
  const names: string[] = []
  for (const [view, { size, colorScheme }] of Object.entries(VIEWS)) {
    await page.setViewportSize(size)
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const name = `${screen.replaceAll(/\W+/g, '-')}.${view}.png`
    await page.evaluate(() => scrollTo(0, 0))
    await takeView(page, name, folders)
    names.push(name)
  }
  await page.setViewportSize(VIEWS.wide.size)
  return names
}

async function empty(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
}

/** Resolves with the names of the pictures. */
export async function takeEveryScreen(folders: Folders): Promise<string[]> {
  for (const folder of Object.values(folders)) await empty(folder)
  await using world = await createWorld({ language: 'en-US', makeCamera: makeCalmCamera })
  const names: string[] = []
  const look = async (page: Page, screen: string) => {
    const session = await page.context().newCDPSession(page)
    await session.send('Emulation.setScrollbarsHidden', { hidden: true })
    names.push(...(await takeViews(page, screen, folders)))
    await session.detach()
  }
  await walkScreens({ world, words: english, after: afterWords, look })
  return names
}
