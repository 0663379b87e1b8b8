// What the status page knows: asked again every few seconds while somebody looks.
import { effect, signal } from '@preact/signals'
import { RefusedError } from '../library/recordings-client.ts'
import { readStatus, type ServerStatus } from './status-client.ts'

export const RANGES = [1, 6, 24] as const

export const hours = signal<number>(1)
export const status = signal<ServerStatus | null>(null)
/** `closed`: the server wants a key that this page does not have. */
export const reach = signal<'asking' | 'up' | 'away' | 'closed'>('asking')

const EVERY_MS = 5_000

export async function refreshStatus(): Promise<void> {
  const asked = hours.value
  try {
    const answer = await readStatus(asked)
    // Another range was chosen meanwhile: its own answer is on its way.
    if (asked === hours.value) status.value = answer
    reach.value = 'up'
  } catch (error) {
    const isClosed = error instanceof RefusedError && [401, 403].includes(error.status)
    reach.value = isClosed ? 'closed' : 'away'
  }
}

/** Until `signal` aborts. */
export function followStatus(stop: AbortSignal): void {
  const look = () => {
    if (document.visibilityState === 'visible') void refreshStatus()
  }
  const timer = setInterval(look, EVERY_MS)
  const unwatch = effect(() => {
    void hours.value
    look()
  })
  document.addEventListener('visibilitychange', look, { signal: stop })
  const end = () => {
    clearInterval(timer)
    unwatch()
  }
  stop.addEventListener('abort', end, { once: true })
}
