// Every screen, in both languages: nothing of what `problems` looks for, and the Tab key reaches each control and gets out again.
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { words as german } from '../../web/ui/strings/de.ts'
import { afterWords as germanAfter } from '../../web/ui/strings/de-after.ts'
import { heldWords as germanHeld } from '../../web/ui/strings/de-held.ts'
import { words as english } from '../../web/ui/strings/en.ts'
import { afterWords } from '../../web/ui/strings/en-after.ts'
import { heldWords } from '../../web/ui/strings/en-held.ts'
import { createWorld } from '../support/world.ts'
import { problems } from './problems.ts'
import { walkScreens } from './screens.ts'
import { tabProblems } from './tab-order.ts'

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
