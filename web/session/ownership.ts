// Owns who may upload a recording: whoever holds its Web Lock. The recording page holds it as long as it
// lives; a lock dies with its page, so a crash frees it and nothing has to be cleaned up.

const PREFIX = 'holdfast:'
const MAKING = 'holdfast-making'

/**
 * Runs `work` while holding the recording. Without Web Locks (insecure context) it just runs.
 * @throws DOMException `AbortError` when `signal` ends the waiting
 */
export async function whileOwning(
  id: string,
  signal: AbortSignal | undefined,
  work: () => Promise<void>,
): Promise<void> {
  const locks = navigator.locks as LockManager | undefined
  if (!locks) return await work()
  await locks.request(PREFIX + id, signal ? { signal } : {}, work)
}

/** As `whileOwning`, for the page that records: updates of the app wait for it too. */
export async function whileMaking(id: string, work: () => Promise<void>): Promise<void> {
  const locks = navigator.locks as LockManager | undefined
  if (!locks) return await work()
  await locks.request(MAKING, { mode: 'shared' }, () => whileOwning(id, undefined, work))
}

/** Whether any page records, or still sends what it recorded. Drains do not count: any version goes on with them. */
export async function isAnyMaking(): Promise<boolean> {
  const locks = navigator.locks as LockManager | undefined
  const { held = [] } = (await locks?.query()) ?? {}
  return held.some(({ name }) => name === MAKING)
}

/** As `whileOwning`, but only when nobody else holds it. @returns whether `work` was run */
export async function ifFree(id: string, work: () => Promise<void>): Promise<boolean> {
  const locks = navigator.locks as LockManager | undefined
  if (!locks) {
    await work()
    return true
  }
  return await locks.request(PREFIX + id, { ifAvailable: true }, async (lock) => {
    if (lock) await work()
    return lock !== null
  })
}

/** Ids that a page or a service worker is making or sending right now. */
export async function ownedIds(): Promise<Set<string>> {
  const locks = navigator.locks as LockManager | undefined
  const { held = [] } = (await locks?.query()) ?? {}
  const names = held.flatMap(({ name }) => (name?.startsWith(PREFIX) ? [name] : []))
  return new Set(names.map((name) => name.slice(PREFIX.length)))
}
