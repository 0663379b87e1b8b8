// The one fenced transaction that ends a finalization (I2, I3, I5): epoch, generation and liveness are
// checked again under the row's lock. 0 rows means "lost the race", a normal result.

import { isDeepStrictEqual } from 'node:util'
import type { Gap, HoldfastEvent, JobKind, Reason } from '@holdfast/protocol'
import { and, eq, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { type PlayedTake, recordings, versions } from '../schema.ts'
import { type Claim, isDue, isJudging, type Timing, wasDue } from './claim-due.ts'
import { type LockedRecording, lockRecording } from './lock-recording.ts'
import { publishEvents } from './publish-event.ts'
import { queueForVersion } from './queue-job.ts'

/** What finalizing computed. null `media` = nothing was ever stored. */
export type Result = {
  status: 'ready' | 'incomplete'
  durationMs: number | null
  bytes: number
  gaps: Gap[]
  /** The takes in the file. */
  played: PlayedTake[]
  header: Uint8Array
  etag: string
  /** `raw`: the bytes could not be read as media and are served as they came. */
  container: 'webm' | 'mp4' | 'raw'
}

export type CommitOutcome =
  | { outcome: 'committed'; version: number; reason: Reason }
  | { outcome: 'unchanged'; version: number }
  | { outcome: 'empty' }
  /** A sign of life or a chunk came meanwhile: back to recording. */
  | { outcome: 'alive' }
  /** Another finalizer, a chunk or a deletion was quicker. */
  | { outcome: 'lost' }

/** `sweeper`: because it is due · `admin`: whether due or not · `reconcile`: due, and nobody did it. */
export type Finalizes = 'sweeper' | 'admin' | 'reconcile'

type Commit = {
  claim: Claim
  result: Result | null
  timing: Timing
  by: Finalizes
  /** What is made from every version without being asked for. @default nothing */
  jobs?: readonly JobKind[]
}

export async function commitVersion(db: Db, commit: Commit): Promise<CommitOutcome> {
  const { claim, result } = commit
  return await db.transaction(async (tx) => {
    const row = await lockRecording(tx, claim.id)
    if (!row || !holdsLease(row, claim)) return { outcome: 'lost' }
    if (row.generation !== claim.generation) return await release(tx, row)
    if (!(await isStillDue(tx, row.id, commit))) return await release(tx, row)
    if (!result) return await commitEmpty(tx, row)
    if (await isUnchanged(tx, row, result)) return await settleUnchanged(tx, row, result)
    return await commitNew(tx, row, { ...commit, result })
  })
}

function holdsLease(row: LockedRecording, claim: Claim): boolean {
  return row.status === 'finalizing' && row.leaseEpoch === claim.epoch && row.deletedAt === null
}

async function isStillDue(tx: Db, id: string, { by, timing }: Commit): Promise<boolean> {
  if (by === 'admin') return true
  const due = by === 'reconcile' ? wasDue(timing) : sql`${isJudging(timing)} and ${isDue(timing)}`
  const rows = await tx.execute(sql`
    select 1 from recordings r cross join uptime u where r.id = ${id} and ${due}`)
  return rows.length > 0
}

/** Ends the lease and forgets the attempts that led here; every settled row passes through this. */
const SETTLED = { leaseUntil: null, attempts: 0, nextAttemptAt: null, lastError: null }

async function release(tx: Db, row: LockedRecording): Promise<CommitOutcome> {
  await tx
    .update(recordings)
    .set({ ...SETTLED, status: 'recording' })
    .where(eq(recordings.id, row.id))
  await publishEvents(tx, [statusEvent(row, 'recording')])
  return { outcome: 'alive' }
}

async function commitEmpty(tx: Db, row: LockedRecording): Promise<CommitOutcome> {
  await tx
    .update(recordings)
    .set({ ...SETTLED, status: 'empty', finalizedGeneration: row.generation })
    .where(eq(recordings.id, row.id))
  await publishEvents(tx, [statusEvent(row, 'empty')])
  return { outcome: 'empty' }
}

async function isUnchanged(tx: Db, row: LockedRecording, result: Result): Promise<boolean> {
  const where = and(eq(versions.recordingId, row.id), eq(versions.version, row.version))
  const [current] = await tx.select().from(versions).where(where)
  return (
    current?.etag === result.etag &&
    current.status === result.status &&
    isDeepStrictEqual(current.gaps, result.gaps)
  )
}

async function settleUnchanged(
  tx: Db,
  row: LockedRecording,
  result: Result,
): Promise<CommitOutcome> {
  const { status } = result
  await tx
    .update(recordings)
    .set({ ...SETTLED, status, finalizedGeneration: row.generation })
    .where(eq(recordings.id, row.id))
  await publishEvents(tx, [statusEvent(row, status), readyEvent(row.id, row.version, result)])
  return { outcome: 'unchanged', version: row.version }
}

async function commitNew(
  tx: Db,
  row: LockedRecording,
  { claim, result, by, jobs = [] }: Commit & { result: Result },
): Promise<CommitOutcome> {
  const version = row.version + 1
  const reason = reasonOf(row, by)
  const { generation } = claim
  await tx
    .insert(versions)
    .values({ recordingId: row.id, version, epoch: claim.epoch, generation, reason, ...result })
  await tx
    .update(recordings)
    .set({ ...SETTLED, status: result.status, version, reason, finalizedGeneration: generation })
    .where(eq(recordings.id, row.id))
  await publishEvents(tx, [
    { ...statusEvent(row, result.status), version, reason },
    readyEvent(row.id, version, result),
  ])
  await queueForVersion(tx, { recordingId: row.id, version }, jobs)
  return { outcome: 'committed', version, reason }
}

function reasonOf(row: LockedRecording, by: Finalizes): Reason {
  if (row.finishedAt) return row.finishReason === 'pagehide' ? 'pagehide' : 'stop'
  return by === 'sweeper' ? 'disconnect' : by
}

function statusEvent(row: LockedRecording, status: LockedRecording['status']) {
  const { id, version, reason } = row
  return { type: 'status' as const, id, status, version, reason }
}

/** `mediaUrl` is signed and expires: whoever delivers the event fills it in. */
function readyEvent(id: string, version: number, result: Result): HoldfastEvent {
  const { status, durationMs, bytes, gaps } = result
  return { type: 'ready', id, version, status, durationMs, bytes, gaps, mediaUrl: '' }
}
