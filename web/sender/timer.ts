// Owns waiting: what a wake-up is, and the plain one.

/** One pending wake-up; setting it again replaces it. */
export interface Timer {
  set(delayMs: number, wake: () => void): void
  clear(): void
}

/** For service workers, whose timers nobody throttles. */
export function plainTimer(): Timer {
  let handle: ReturnType<typeof setTimeout> | undefined
  return {
    set(delayMs, wake) {
      clearTimeout(handle)
      handle = setTimeout(wake, delayMs)
    },
    clear() {
      clearTimeout(handle)
    },
  }
}
