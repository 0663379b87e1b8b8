// What somebody meets who walks through a screen with the Tab key: every control once, each with a mark around it, and the
// end of the page behind the last.
import type { Page } from 'playwright-core'

/** More than any screen has. */
const MOST_STOPS = 120

type Stop = { what: string; isMarked: boolean; isSeen: boolean }

/** In the page: the next Tab goes to its first control, or to that of the dialog that is open. */
function beginAtTop(): void {
  const start = document.createElement('span')
  start.tabIndex = -1
  const place = document.querySelector('dialog:modal') ?? document.body
  place.prepend(start)
  start.focus({ preventScroll: true })
  start.remove()
}

/** In the page: where the focus is; null = nowhere in the page. */
function focused(): Stop | null {
  const element = document.activeElement
  if (!element || element === document.body) return null
  // What is seen of a slider may be its handle beside it.
  const isMarked = [element, element.nextElementSibling].some((one) => {
    if (!one) return false
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one)
    const hasOutline = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0
    return hasOutline || boxShadow !== 'none'
  })
  const box = element.getBoundingClientRect()
  const isInside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
  const label = element.getAttribute('aria-label') ?? element.textContent?.trim() ?? ''
  // The mark is on what is inside of it, which cannot be asked.
  const isNative = element.matches('video, input[type="range"]')
  return {
    what: `${element.tagName.toLowerCase()} “${label.slice(0, 40)}”`,
    isMarked: isNative || isMarked || element.shadowRoot !== null,
    isSeen: isInside && box.width > 0,
  }
}

/** In the page: controls that can be used now and were not met. A group of radio buttons is one stop. */
function unmet(): string[] {
  const selector =
    'a[href], button:not(:disabled), input, select, textarea, summary, [tabindex="0"]'
  const modal = document.querySelector('dialog:modal')
  return [...document.querySelectorAll<HTMLElement>(selector)]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }))
    .filter((element) => element.closest('[inert]') === null && element.tabIndex >= 0)
    .filter((element) => !(element instanceof HTMLInputElement && element.type === 'radio'))
    .filter((element) => modal === null || modal.contains(element))
    .filter((element) => !element.matches('[data-met]'))
    .map(
      (element) => `${element.tagName.toLowerCase()} “${element.textContent?.trim().slice(0, 40)}”`,
    )
}

export async function tabProblems(page: Page): Promise<string[]> {
  const found: string[] = []
  await page.evaluate(beginAtTop)
  for (let stops = 0; ; stops += 1) {
    await page.keyboard.press('Tab')
    const stop = await page.evaluate(focused)
    if (!stop) break
    if (!stop.isMarked) found.push(`no mark around ${stop.what}`)
    if (!stop.isSeen) found.push(`out of sight: ${stop.what}`)
    await page.evaluate(() => document.activeElement?.setAttribute('data-met', ''))
    if (stops > MOST_STOPS) return [...found, `no way out at ${stop.what}`]
  }
  found.push(...(await page.evaluate(unmet)).map((what) => `not reached: ${what}`))
  await page.evaluate(() => {
    for (const element of document.querySelectorAll('[data-met]'))
      element.removeAttribute('data-met')
  })
  return found
}
