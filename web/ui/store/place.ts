// Which page of the app is shown, by its address. The list and the recorder stay where they are while a recording is
// looked at: only what is shown changes.
import { signal } from '@preact/signals'

/** The recording whose page is shown; null = the list. */
export const openedId = signal<string | null>(null)

/** What that page is about, for the tab's title. */
export const pageTitle = signal<string | null>(null)

/** What the browser keeps of each step: whether Back leads to our list, and how far that was scrolled. */
type Step = { readonly isFromList?: true; readonly scrolledTo?: number } | null

/** Where the keyboard was in the list. */
let opener: Element | null = null

export function recordingIn(path: string): string | null {
  const [, id] = /^\/recordings\/([^/]+)\/?$/.exec(path) ?? []
  return id ?? null
}

export const addressOf = (id: string): string => `/recordings/${encodeURIComponent(id)}`

export function openRecording(id: string): void {
  const isFromList = openedId.value === null
  if (isFromList) {
    opener = document.activeElement
    history.replaceState({ scrolledTo: scrollY } satisfies Step, '')
  }
  history.pushState(isFromList ? { isFromList } : null, '', addressOf(id))
  openedId.value = id
}

/** Back to the list where it was left; whoever came by the address gets it from its beginning. */
export function closeRecording(): void {
  const step = history.state as Step
  if (step?.isFromList) history.back()
  else {
    history.pushState(null, '', '/')
    openedId.value = null
  }
}

/** From now on the address says what is shown. */
export function followAddress(): void {
  history.scrollRestoration = 'manual'
  const follow = () => {
    openedId.value = recordingIn(location.pathname)
  }
  addEventListener('popstate', follow)
  follow()
}

/** Once the list is seen again. */
export function returnToList(): void {
  const step = history.state as Step
  scrollTo({ top: step?.scrolledTo ?? 0, behavior: 'instant' })
  if (opener instanceof HTMLElement) opener.focus({ preventScroll: true })
  opener = null
}
