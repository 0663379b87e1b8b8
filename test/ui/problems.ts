// What holds on every screen: axe-core finds nothing in light and dark, every control has a name and room for a finger, and nothing
// is cut off in a narrow window, at 200 % (half the pixels), or from right to left. Nothing moves where that is not wanted.
import type { Page } from 'playwright-core'
import { violations } from './axe.ts'
import { movements, namelessNodes, smallTargets, spills } from './usable.ts'

const WIDE = { width: 1280, height: 800 }
const HALF = { width: 640, height: 400 }
const PHONE = { width: 390, height: 780 }
const NARROW = { width: 320, height: 640 }

/** In the page: mirrors it as an Arabic one would be. */
const setDirection = (direction: string) => {
  document.documentElement.dir = direction
}

async function fits(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const size of [HALF, PHONE, NARROW, WIDE]) {
    await page.setViewportSize(size)
    for (const direction of ['rtl', 'ltr']) {
      await page.evaluate(setDirection, direction)
      const wrong = [...(await spills(page)), ...(await smallTargets(page))]
      found.push(...wrong.map((line) => `${size.width} px ${direction}: ${line}`))
    }
  }
  return found
}

/** One line each; leaves the window wide and light. */
export async function problems(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    found.push(...(await violations(page)).map((line) => `${colorScheme}: ${line}`))
  }
  found.push(...(await namelessNodes(page)).map((role) => `no name: ${role}`))
  found.push(...(await movements(page)).map((name) => `moves: ${name}`))
  const headings = await page.getByRole('heading', { level: 1 }).count()
  if (headings > 1) found.push(`${headings} headings of the first level`)
  return [...found, ...(await fits(page))]
}
