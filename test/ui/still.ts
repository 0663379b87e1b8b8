// A page whose picture is the same each time: nothing moves, one font, numbers are all the same, and what depends on the moment in
// another way keeps its room but is not seen.
import { join } from 'node:path'
import type { Page } from 'playwright-core'

/** How a browser draws a page in the same way on each machine. */
export const STILL_BROWSER = {
  flags: ['--hide-scrollbars', '--force-color-profile=srgb', '--force-device-scale-factor=1'],
  env: { FONTCONFIG_FILE: join(import.meta.dirname, 'still-fonts.conf') },
}

/** Debian's Chromium brings it along. */
const FONT = 'DejaVu Sans'

/** Pictures, places on a line of time, sizes in a unit that may be the next, and what is worded by how far it is. */
const OF_THE_MOMENT = [
  'video, canvas, img',
  '.level, .ring, .safety, .safety-bar, .trim-bar, .wave-mark, .wave-head, media-time-range, media-time-display',
  '.row-state .soft, .figure > :last-child, .plot, .link-made, .recording-bar-says, .deck > .soft',
]

const STILL = `
  :root { --font: "${FONT}" !important }
  *, *::before, *::after { animation: none !important; transition: none !important; caret-color: transparent !important }
  ${OF_THE_MOMENT.join(', ')} { visibility: hidden !important }
  .unsent-row .facts, .told .facts > span, .player-body .notice { display: none !important }
`

/** In the page: every number becomes 0 and every moment the same one, since an 11 is not as wide as a 2 and may break a line. */
function evenOut(text: string): void {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(text)
  document.adoptedStyleSheets.push(sheet)
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const changed: { node: Text; was: string; is: string }[] = []
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const was = node.nodeValue ?? ''
    const is = node.parentElement?.closest('time') ? '0:00' : was.replaceAll(/\d+/g, '0')
    if (is === was) continue
    node.nodeValue = is
    changed.push({ node: node as Text, was, is })
  }
  const goOn = () => {
    document.adoptedStyleSheets.pop()
    // What the page wrote meanwhile is newer.
    for (const { node, was, is } of changed) if (node.nodeValue === is) node.nodeValue = was
  }
  Object.assign(globalThis, { goOn })
}

/** Resolves with the way back. As a sheet of a script's: the page's policy takes no other. */
export async function holdStill(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(evenOut, STILL)
  return () => page.evaluate(() => (globalThis as unknown as { goOn: () => void }).goOn())
}

/** @throws where the machine has another font: every line of every screen would differ */
export async function expectFont(page: Page): Promise<void> {
  const isThere = await page.evaluate((font) => {
    const context = new OffscreenCanvas(1, 1).getContext('2d')
    const widthIn = (family: string) => {
      if (context) context.font = `20px ${family}`
      return context?.measureText('Holdfast').width
    }
    return widthIn(`"${font}", monospace`) !== widthIn('monospace')
  }, FONT)
  if (!isThere) throw new Error(`the stills are set in ${FONT}: install fonts-dejavu-core`)
}
