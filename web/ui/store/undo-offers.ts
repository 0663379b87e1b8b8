// The recordings that were deleted a moment ago, each with the timer that ends its offer to undo that.
import { signal } from '@preact/signals'

export const deleted = signal<ReadonlyMap<string, ReturnType<typeof setTimeout>>>(new Map())

/** Those that were deleted on the stage: the keyboard goes on there, and not in the list, which offers it too. */
export const deletedOnStage = new Set<string>()
