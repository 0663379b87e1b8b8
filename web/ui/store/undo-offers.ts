// The recordings that were deleted a moment ago, each with the timer that ends its offer to undo that.
import { signal } from '@preact/signals'

export const deleted = signal<ReadonlyMap<string, ReturnType<typeof setTimeout>>>(new Map())
