// The seconds between the click on Record and the recording. Nothing is recorded yet, and it can be called off.
import { signal } from '@preact/signals'
import { t } from '../strings/strings.ts'
import { say } from './speech.ts'

/** Seconds that are left; null when nothing counts. */
export const countdown = signal<number | null>(null)

let timer: ReturnType<typeof setInterval> | undefined

function end(): void {
  clearInterval(timer)
  countdown.value = null
}

export function countDown(seconds: number, then: () => void): void {
  countdown.value = seconds
  say(t.countdown.begins)
  timer = setInterval(() => {
    countdown.value = (countdown.value ?? 1) - 1
    if (countdown.value > 0) return
    end()
    then()
  }, 1_000)
}

/** @returns false when nothing was counting */
export function cancelCountdown(): boolean {
  if (countdown.value === null) return false
  end()
  say(t.countdown.cancelled)
  return true
}
