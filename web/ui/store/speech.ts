// What is said to the person beside the screen: changes of state for screen readers, and toasts for
// outcomes. Never errors: those stay where they belong until they are solved.
import { signal } from '@preact/signals'

export const said = signal('')

/** For screen readers: a change of state, once. */
export function say(text: string): void {
  // The same sentence twice must be heard twice.
  said.value = said.value === text ? `${text}\u00a0` : text
}

export type Toast = { key: number; text: string }

export const toasts = signal<readonly Toast[]>([])
const TOAST_MS = 6_000
let nextKey = 0

export function toast(text: string): void {
  const key = nextKey++
  toasts.value = [...toasts.value, { key, text }]
  setTimeout(() => {
    toasts.value = toasts.value.filter((shown) => shown.key !== key)
  }, TOAST_MS)
}
