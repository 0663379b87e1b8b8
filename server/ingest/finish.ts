// The stop: totals are committed, repeated in the segment (R13), and a recording that is complete is due at
// once. A stop is a maximum, it closes no door (I10).
import {
  commitFinish,
  type FinishOutcome,
  purgeAgain,
  readMissing,
  readTotals,
  resumeRecording,
} from '@holdfast/db'
import {
  type Finish,
  type Frame,
  HoldfastError,
  type HoldfastEvent,
  isSettled,
  type RecordingStatus,
  readFinish,
  readJson,
} from '@holdfast/protocol'
import { capRanges, RANGES_TO_READ } from './capped-ranges.ts'
import type { IngestDeps } from './deps.ts'
import type { LiveRecording } from './live-recording.ts'

/** @throws HoldfastError `bad_frame` */
export function readFinishFrame(value: Frame): Finish {
  return readFinish(readJson(value))
}

export type Finished = {
  status: RecordingStatus
  version: number
  complete: boolean
  /** What the client should hear now: the holes, or that its recording was ready already. */
  events: HoldfastEvent[]
}

/**
 * Resolves when the totals are committed: then the FINISH may be acked.
 * @throws HoldfastError `unavailable`, `recording_deleted`, `recording_unknown`
 */
export async function finishRecording(
  deps: IngestDeps,
  live: LiveRecording,
  finish: Finish,
): Promise<Finished> {
  const outcome = await guard(deps, live, () => commitFinish(deps.db, live.id, finish))
  if (outcome.outcome !== 'committed') throw new HoldfastError(`recording_${outcome.outcome}`)
  await guard(deps, live, () => writeTotals(deps, live.id))
  if (outcome.complete && outcome.pending) deps.onComplete(live.id)
  const { status, version, complete } = outcome
  return { status, version, complete, events: await eventsAfter(deps, live, outcome) }
}

type Committed = Extract<FinishOutcome, { outcome: 'committed' }>

async function eventsAfter(
  deps: IngestDeps,
  live: LiveRecording,
  { complete, pending, status }: Committed,
): Promise<HoldfastEvent[]> {
  if (!complete) return [await guard(deps, live, () => missingEvent(deps, live.id))]
  if (pending || !isSettled(status)) return []
  const ready = await guard(deps, live, () => deps.readyEvent(live.id))
  return ready ? [ready] : []
}

/** The holes of a stopped recording, capped (rule 11). */
export async function missingEvent(deps: IngestDeps, id: string) {
  const { ranges, ...more } = capRanges(await readMissing(deps.db, id, RANGES_TO_READ))
  return { type: 'missing' as const, id, missing: ranges, ...more }
}

/** PING with flag bit 0: the recorder goes on, a FINISH that stands is revoked (rule 7). */
export async function reviveRecording(deps: IngestDeps, live: LiveRecording): Promise<void> {
  const isRevoked = await guard(deps, live, () => resumeRecording(deps.db, live.id))
  if (isRevoked) await guard(deps, live, () => writeTotals(deps, live.id))
}

async function writeTotals(deps: IngestDeps, id: string): Promise<void> {
  const totals = await readTotals(deps.db, id)
  await deps.store.appendRecord(id, { kind: 'totals', ...totals })
  // Deleted and purged in the meantime, while this process slept: then the record must not stay.
  await purgeAgain(deps.db, id)
}

/** A failing database or store is `unavailable` to the client, and the log has the cause. */
async function guard<T>(deps: IngestDeps, live: LiveRecording, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    deps.onFault(live.id, cause)
    throw new HoldfastError('unavailable', { cause })
  }
}
