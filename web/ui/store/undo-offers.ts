// The recordings that were deleted a moment ago, each with the timer that ends its offer to undo that.
import { signal } from '@preact/signals'

export const deleted = signal<ReadonlyMap<string, ReturnType<typeof setTimeout>>>(new Map())

/** Those that were deleted on the stage: the keyboard goes on there, and not in the list, which offers it too. */
export const deletedOnStage = new Set<string>()

/** Those that are gone for good, or were deleted elsewhere: here nothing brings them back. */
export const gone = signal<ReadonlySet<string>>(new Set())

export function noteGone(id: string): void {
  gone.value = new Set(gone.value).add(id)
}

/** The server has it: it was brought back elsewhere. */
export function noteBack(id: string): void {
  if (gone.value.has(id)) gone.value = new Set([...gone.value].filter((one) => one !== id))
}
