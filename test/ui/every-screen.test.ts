// What holds on every screen, in both languages: axe-core finds nothing in light and dark, every control has a name and
// room for a finger, the Tab key reaches each and gets out again, and nothing is cut off in a narrow window, at 200 % (half
// the pixels), or from right to left. Nothing moves where that is not wanted.
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { words as german } from '../../web/ui/strings/de.ts'
import { afterWords as germanAfter } from '../../web/ui/strings/de-after.ts'
import { heldWords as germanHeld } from '../../web/ui/strings/de-held.ts'
import { words as english } from '../../web/ui/strings/en.ts'
import { afterWords } from '../../web/ui/strings/en-after.ts'
import { heldWords } from '../../web/ui/strings/en-held.ts'
import { createWorld } from '../support/world.ts'
import { violations } from './axe.ts'
import { walkScreens } from './screens.ts'
import { tabProblems } from './tab-order.ts'
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

async function problems(page: Page): Promise<string[]> {
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

test.each([
  { language: 'en-US', words: english, after: afterWords, held: heldWords },
  { language: 'de-DE', words: german, after: germanAfter, held: germanHeld },
])(
  'nothing is wrong on any screen in $language',
  async ({ language, words, after, held }) => {
    await using world = await createWorld({ language })
    const wrong: Record<string, string[]> = {}
    const seen: string[] = []
    const look = async (page: Page, screen: string) => {
      seen.push(screen)
      const found = await problems(page)
      // Words change nothing in the order.
      if (language === 'en-US') found.push(...(await tabProblems(page)))
      if (found.length > 0) wrong[screen] = found
    }
    await walkScreens({ world, words, after, held, look })
    expect(wrong).toEqual({})
    expect(new Set(seen).size).toBeGreaterThanOrEqual(26)
  },
  240_000,
)
