// Owns the moments at which a page may be about to die, or comes back. `beforeunload` may be answered with
// "Stay": it is only a warning. `pagehide` may be the last code that runs: nothing in it may wait.

export type PageLife = {
  /** @returns true to ask "leave the page?" */
  leaving(): boolean
  /** Hidden: on mobile often the last event at all. */
  hidden(): void
  shown(): void
  /** The page goes; it may sit in the back/forward cache. */
  gone(): void
  /** It came back from there. */
  back(): void
  /** The browser believes that the network is back. A hint, no more. */
  online(): void
}

/** @returns a function that ends the watch */
export function watchPageLife(life: PageLife): () => void {
  const watch = new AbortController()
  const { signal } = watch
  window.addEventListener(
    'beforeunload',
    (event) => {
      if (life.leaving()) event.preventDefault()
    },
    { signal },
  )
  window.addEventListener('pagehide', () => life.gone(), { signal })
  window.addEventListener(
    'pageshow',
    ({ persisted }) => {
      if (persisted) life.back()
    },
    { signal },
  )
  window.addEventListener('online', () => life.online(), { signal })
  const seen = () => (document.visibilityState === 'hidden' ? life.hidden() : life.shown())
  document.addEventListener('visibilitychange', seen, { signal })
  return () => watch.abort()
}
