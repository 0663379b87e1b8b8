// Owns the coming of the part that sends: fetched behind the part that captures as soon as that is here, and again and again
// until it is. Nothing that captures or keeps waits for it.
import { backoffMs } from './backoff.ts'
import { refusal } from './refusal.ts'

type SenderCode = typeof import('../sender/index.ts')

const RETRY_CAP_MS = 15_000

const { promise: arrived, resolve } = Promise.withResolvers<SenderCode>()
/** Who is told when it cannot be fetched. */
const listeners = new Set<() => void>()
let failures = 0
let isFetching = false

/** Has it come. */
export function fetchSender(): void {
  if (isFetching) return
  isFetching = true
  void fetchUntilHere()
}

/** Resolves when it is here. @param onMissing is called whenever it could not be fetched, by now too */
export async function senderCode(onMissing?: () => void): Promise<SenderCode> {
  fetchSender()
  if (!onMissing) return await arrived
  if (failures > 0) onMissing()
  listeners.add(onMissing)
  const code = await arrived
  listeners.delete(onMissing)
  return code
}

/**
 * As it, for what a person asks for now.
 * @throws HoldfastError `unavailable` when it could not be fetched; that goes on by itself
 */
export async function senderCodeNow(): Promise<SenderCode> {
  const missing = Promise.withResolvers<never>()
  const message = 'A part of this page is not loaded yet. Try again soon.'
  const code = senderCode(() => missing.reject(refusal('unavailable', message)))
  return await Promise.race([code, missing.promise])
}

async function fetchCode(): Promise<SenderCode> {
  try {
    return await import('../sender/index.ts')
  } catch (error) {
    // Browsers of before the middle of 2026 keep a failure for as long as the page lives, by its address (whatwg/html#10327).
    // Chromium and Firefox name that; what is behind # makes it another one for the same file.
    const [, url] = /dynamically imported module: (\S+)$/.exec(String(error)) ?? []
    if (url === undefined) throw error
    return await import(/* @vite-ignore */ /* webpackIgnore: true */ `${url}#${failures}`)
  }
}

async function fetchUntilHere(): Promise<void> {
  for (;;) {
    try {
      resolve(await fetchCode())
      return
    } catch (error) {
      if (failures === 0) console.warn('What sends could not be loaded, and is tried again', error)
      failures += 1
      for (const tell of listeners) tell()
      await pause(backoffMs(failures, RETRY_CAP_MS, Math.random()))
    }
  }
}

/** Shorter when the network comes back. */
async function pause(delayMs: number): Promise<void> {
  const { promise, resolve: go } = Promise.withResolvers<void>()
  const wake = () => go()
  const handle = setTimeout(wake, delayMs)
  window.addEventListener('online', wake)
  await promise
  clearTimeout(handle)
  window.removeEventListener('online', wake)
}
