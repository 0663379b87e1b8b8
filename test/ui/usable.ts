// What every screen owes to fingers, to narrow windows and to those who listen.
import type { Page } from 'playwright-core'

type AxNode = { ignored: boolean; role?: { value: string }; name?: { value: string } }

const NEEDS_NAME = new Set(['button', 'link', 'textbox', 'combobox', 'dialog', 'region', 'Video'])

/** Roles of what the browser's own accessibility tree has without a name. */
export async function namelessNodes(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page)
  const { nodes } = (await session.send('Accessibility.getFullAXTree')) as unknown as {
    nodes: AxNode[]
  }
  await session.detach()
  return nodes
    .filter(({ ignored, role }) => !ignored && NEEDS_NAME.has(role?.value ?? ''))
    .filter(({ name }) => !name?.value.trim())
    .map(({ role }) => role?.value ?? '')
}

/** Controls that a finger would miss: smaller than 44 px in a direction. */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('button, a[href], select, input, summary')]
      .filter((element) => element.checkVisibility() && !element.matches('.skip'))
      // What lies in a label is as large as that.
      .map((element) => element.closest('label') ?? element)
      .filter((element) => {
        const { width, height } = element.getBoundingClientRect()
        return width < 44 || height < 44
      })
      .map((element) => element.outerHTML.slice(0, 120)),
  )
}

/** What moves, which nothing may for those who asked for stillness. */
export function movements(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    document
      .getAnimations()
      .filter(({ effect, playState }) => playState === 'running' && effect?.getTiming().duration)
      .map(({ effect }) => (effect as KeyframeEffect).target?.className ?? ''),
  )
}

/** What makes the page, or a dialog, wider than the window; and words that are cut off or covered without saying so. */
export function spills(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    // What is drawn to the size of its place is drawn anew a frame later.
    for (let frames = 0; frames < 3; frames++) {
      await new Promise((next) => requestAnimationFrame(next))
    }
    const wide = [document.documentElement, ...document.querySelectorAll('dialog[open]')]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map(
        ({ tagName, scrollWidth, clientWidth }) => `${tagName}: ${scrollWidth} in ${clientWidth}`,
      )
    const cut = [...document.querySelectorAll('button, a, h1, h2, h3, p, label, summary, li')]
      .filter((element) => element.checkVisibility() && !element.closest('.unseen, .skip'))
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect()
        return width > 0 && (left < -1 || right > document.documentElement.clientWidth + 1)
      })
      .map((element) => `outside: ${element.outerHTML.slice(0, 100)}`)
    const rows = '.controls, .actions, .after-actions, .row, .topbar, .dialog-head'
    const beyond = [...document.querySelectorAll('button, a')]
      .filter((element) => element.checkVisibility())
      .filter((element) => {
        const row = element.closest(rows)?.getBoundingClientRect()
        const { left, right } = element.getBoundingClientRect()
        return row && (left < row.left - 1 || right > row.right + 1)
      })
      .map((element) => `out of its row: ${element.outerHTML.slice(0, 100)}`)
    const parts = [...document.querySelectorAll('.controls .clock, .controls button')]
      .filter((element) => element.checkVisibility())
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
    const covered = parts.filter(({ element, box }) =>
      parts.some(
        (other) =>
          other.element !== element &&
          other.box.left < box.right - 1 &&
          other.box.right > box.left + 1 &&
          other.box.top < box.bottom - 1 &&
          other.box.bottom > box.top + 1,
      ),
    )
    const under = covered.map(({ element }) => `covered: ${element.outerHTML.slice(0, 100)}`)
    return [...wide, ...cut, ...beyond, ...under]
  })
}
