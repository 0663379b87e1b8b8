// A page whose picture is the same each time: nothing moves, and what depends on the moment keeps its room but is not seen.
import type { Page } from './picture.ts'

/** Pictures, times, sizes, bars and curves. */
const OF_THE_MOMENT = [
  'video, canvas, img',
  'time, .digits, .facts, .clock, .row-state .soft',
  '.safety, .level, .ring, .segments, .notices, .trim-bar, .wave-head',
  '.figure > :last-child, .plot, .list-found, .link-made, .recording-bar-says',
]

const STILL = `
  *, *::before, *::after { animation: none !important; transition: none !important; caret-color: transparent !important }
  ${OF_THE_MOMENT.join(', ')} { visibility: hidden !important }
`

/** Resolves with the way back. As a sheet of a script's: the page's policy takes no other. */
export async function holdStill(page: Page): Promise<() => Promise<void>> {
  await page.evaluate((text) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    document.adoptedStyleSheets.push(sheet)
  }, STILL)
  return async () => {
    await page.evaluate(() => document.adoptedStyleSheets.pop())
  }
}
