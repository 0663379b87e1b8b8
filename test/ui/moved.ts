// What moved by itself on a page since it was opened: the browser's own layout shifts.
import type { Page } from 'playwright-core'

/** In the page: names of what moved, each with where it was and where it went. */
function readShifts(): Promise<string[]> {
  type Source = { node: Node | null; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }
  const place = ({ x, y }: DOMRectReadOnly) => `${x},${y}`
  const tell = ({ node, previousRect, currentRect }: Source) => {
    const name = node instanceof Element ? `${node.tagName} ${node.className}` : node?.nodeName
    return `${name} from ${place(previousRect)} to ${place(currentRect)}`
  }
  const moved: string[] = []
  const observer = new PerformanceObserver((list) => {
    for (const shift of list.getEntries() as unknown as { sources: Source[] }[]) {
      moved.push(...shift.sources.map(tell))
    }
  })
  observer.observe({ type: 'layout-shift', buffered: true })
  return new Promise((resolve) => setTimeout(() => resolve(moved), 200))
}

/** Until a second after the server has answered: what comes behind its first answer is there then. */
export async function movedByItself(page: Page): Promise<string[]> {
  await page.locator('.topbar .badge.good').waitFor()
  await page.waitForTimeout(1000)
  return await page.evaluate(readShifts)
}
