// What a reconciliation leaves to the servers that may run beside it, and what it does not where none can.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Timing } from '@holdfast/db'

/** Servers may be at work: what is younger is theirs, and a process must be silent for long before it counts as dead. */
export const BESIDE = { overdueMs: 60_000, deadAfterMs: 5 * 60_000 } as const

/** The database is ours alone: whoever was there before is dead, and nobody else will do it. */
export const ALONE = { overdueMs: 0, deadAfterMs: 0 } as const

/** A gap in the heartbeats of all of them is an outage: nobody who lives is silent for so long. */
export async function untilOthersBeat({ gapMs }: Timing, signal: AbortSignal): Promise<void> {
  await sleep(gapMs, undefined, { signal })
}
