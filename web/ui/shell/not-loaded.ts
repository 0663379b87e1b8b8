// What is shown when no language can be had, in the words that come with the page: nothing else of it runs then. Touches
// nothing that lies on this device.
import { BUILT_IN } from '../strings/built-in-words.ts'
import { wantedLanguage } from '../strings/language.ts'

const words = BUILT_IN[wantedLanguage]

function part(name: string, text: string): HTMLElement {
  const element = document.createElement(name)
  element.textContent = text
  return element
}

/** Reloads only where something answers: the browser's own error page would take this one's place. */
async function tryAgain(says: HTMLElement): Promise<void> {
  says.textContent = ''
  try {
    await fetch(location.href, { cache: 'no-store' })
    location.reload()
  } catch {
    says.textContent = words.stillAway
  }
}

export function sayNotLoaded(): void {
  document.documentElement.lang = wantedLanguage
  const says = part('p', '')
  says.role = 'status'
  const button = part('button', words.tryAgain)
  button.className = 'button main'
  button.addEventListener('click', () => void tryAgain(says))
  const page = document.createElement('main')
  page.className = 'not-loaded'
  page.append(part('h1', words.heading), part('p', words.hint), button, says)
  document.querySelector('#app')?.replaceChildren(page)
}
