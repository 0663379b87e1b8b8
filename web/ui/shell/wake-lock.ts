// Keeps the screen on while recording: a phone that sleeps stops the camera. The browser takes the lock
// away when the page is hidden, so it is asked for again.
import { effect, signal } from '@preact/signals'
import { isCapturing } from '../store/phase.ts'

/** The screen may go dark while recording: the person must keep it on. */
export const mayScreenSleep = signal(false)

let held: WakeLockSentinel | null = null

async function hold(): Promise<void> {
  if (!isCapturing.value || document.hidden || (held && !held.released)) return
  try {
    held = await navigator.wakeLock.request('screen')
    mayScreenSleep.value = false
    if (!isCapturing.value) await letGo()
  } catch {
    // Refused (battery saver) or not known to this browser: then the person is told.
    mayScreenSleep.value = true
  }
}

async function letGo(): Promise<void> {
  mayScreenSleep.value = false
  await held?.release()
  held = null
}

export function keepScreenOn(): void {
  effect(() => {
    void (isCapturing.value ? hold() : letGo())
  })
  document.addEventListener('visibilitychange', () => void hold())
}
