// The times of a simulated world: those of a server, made short, so that a world ends before the heap is long.
import { gapMsFor } from '../../../server/finalize/sweeper.ts'

export const GRACE_MS = 6_000
export const SWEEP_MS = 1_000
export const LEASE_MS = 6_000
export const GAP_MS = gapMsFor(SWEEP_MS, GRACE_MS)
export const COMPACT_AFTER_MS = 5_000
export const KEEP_REPLACED_MS = 6_000
export const MAX_RECORDING_BYTES = 1_000_000
export const LIMITS = { maxChunkBytes: 4096, maxBodyBytes: 64 * 1024, window: 4, windowBytes: 8192 }
/** Where the store lies. */
export const STORE_ROOT = '/data/store'
export const SERVER_URL = 'https://holdfast.example'
