// Every screen that the tests look at, wide and light, narrow and dark: taken into docs/screens/every, or compared with what
// lies there.
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createWorld } from '../../test/support/world.ts'
import { walkScreens } from '../../test/ui/screens.ts'
import { en } from '../../web/ui/strings/en.ts'
import { afterWords } from '../../web/ui/strings/en-after.ts'
import { type Page, takePicture } from './picture.ts'
import { holdStill } from './still.ts'

export const EVERY_SCREEN = join(import.meta.dirname, '../../docs/screens/every')

const VIEWS = {
  wide: { size: { width: 1280, height: 800 }, colorScheme: 'light' },
  narrow: { size: { width: 390, height: 780 }, colorScheme: 'dark' },
} as const

async function takeViews(page: Page, screen: string, folder: string): Promise<string[]> {
  const names: string[] = []
  const goOn = await holdStill(page)
  for (const [view, { size, colorScheme }] of Object.entries(VIEWS)) {
    await page.setViewportSize(size)
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const name = `${screen.replaceAll(/\W+/g, '-')}.${view}.png`
    await page.evaluate(() => scrollTo(0, 0))
    await takePicture(page, join(folder, name), { colours: 48, fullPage: true })
    names.push(name)
  }
  await page.setViewportSize(VIEWS.wide.size)
  await goOn()
  return names
}

/** Resolves with the names of the pictures. */
export async function takeEveryScreen(folder: string): Promise<string[]> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await using world = await createWorld({ language: 'en-US' })
  const names: string[] = []
  const look = async (page: Page, screen: string) => {
    const session = await page.context().newCDPSession(page)
    await session.send('Emulation.setScrollbarsHidden', { hidden: true })
    names.push(...(await takeViews(page, screen, folder)))
    await session.detach()
  }
  await walkScreens({ world, words: en, after: afterWords, look })
  return names
}
