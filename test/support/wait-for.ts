// Polls until something is true, within a bound: tests never sleep for a guessed time.

type WaitOptions = {
  /** @default 30,000 */
  timeoutMs?: number
  /** @default 50 */
  everyMs?: number
}

/** Resolves with the first value of `probe` that is not null, undefined or false; a throwing probe counts as not yet. */
export async function waitFor<T>(
  what: string,
  probe: () => T | Promise<T>,
  { timeoutMs = 30_000, everyMs = 50 }: WaitOptions = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const endAt = performance.now() + timeoutMs
  let last: unknown
  while (performance.now() < endAt) {
    try {
      const value = await probe()
      if (value !== null && value !== undefined && value !== false) {
        return value as NonNullable<Exclude<T, false>>
      }
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
  throw new Error(`waited ${timeoutMs} ms for ${what}`, { cause: last })
}
