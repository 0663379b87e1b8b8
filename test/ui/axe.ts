// Asks axe-core what is wrong with what is shown: WCAG 2.2 AA, and what its makers call good practice.
import axe from 'axe-core'
import type { Page } from 'playwright-core'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

type Axe = typeof axe

/** What is wrong, one line for each element: `color-contrast: button.quiet, 3.1 is too little …`. */
export async function violations(page: Page): Promise<string[]> {
  // Not as a script of the page: its content policy allows none of ours.
  await page.evaluate(axe.source)
  return await page.evaluate(async (values) => {
    const { axe } = globalThis as unknown as { axe: Axe }
    const found = await axe.run(document, { runOnly: { type: 'tag', values } })
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    )
  }, TAGS)
}
