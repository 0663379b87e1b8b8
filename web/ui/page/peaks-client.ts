// Asks for the peaks until they are made, or until it is known that there are none.
import { addressIn, type Seen } from './detail.ts'
import type { Peaks } from './peaks.ts'

const MAX_TRIES = 60
const DEFAULT_WAIT_S = 2

const pause = (ms: number, stop: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    stop.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })

/**
 * null: there is no sound, or it cannot be drawn here. `onWait` is called when it is being made.
 * @throws TypeError without an answer
 */
export async function readPeaks(
  seen: Seen,
  version: number,
  { stop, onWait }: { stop: AbortSignal; onWait: () => void },
): Promise<Peaks | null> {
  const address = new URL(addressIn(seen, 'waveform.json'), location.href)
  address.searchParams.set('version', String(version))
  for (let tries = 0; tries < MAX_TRIES && !stop.aborted; tries += 1) {
    const response = await fetch(address, { signal: stop })
    if (response.status !== 202) return response.ok ? await response.json() : null
    onWait()
    await pause(1000 * Number(response.headers.get('retry-after') ?? DEFAULT_WAIT_S), stop)
  }
  return null
}
