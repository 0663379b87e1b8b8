// Heartbeats, claims and versions, on plain objects: as the statements of the same names in db/ledger say.
import { isDeepStrictEqual } from 'node:util'
import type {
  Claim,
  CommitOutcome,
  commitVersion as Real,
  failFinalization as RealFail,
  Result,
  Timing,
} from '@holdfast/db'
import type { HoldfastEvent, Reason, RecordingStatus } from '@holdfast/protocol'
import { ms, type Recording, type RecordingRow, type Tables } from './tables.ts'

type Commit = Parameters<typeof Real>[1]
type Failure = Parameters<typeof RealFail>[1]

export function beat(tables: Tables, incarnation: string, gapMs: number): boolean {
  const { uptime, instances, now } = tables
  if (Math.abs(uptime.lastBeatAt - now) > gapMs) uptime.upSince = now
  uptime.lastBeatAt = now
  const known = instances.get(incarnation)
  if (known && known.stoppedAt !== null) return false
  if (known) known.heartbeatAt = now
  else instances.set(incarnation, { startedAt: now, heartbeatAt: now, stoppedAt: null })
  return true
}

export function countLoneStart({ uptime, instances }: Tables, incarnation: string): void {
  const me = instances.get(incarnation)
  if (!me) return
  const hasElder = [...instances.values()].some(
    (older) => older.startedAt < me.startedAt && older.heartbeatAt > me.startedAt,
  )
  if (!hasElder) uptime.upSince = Math.max(uptime.upSince, me.startedAt)
}

export function enterInstance(
  { instances, now }: Tables,
  incarnation: string,
  _version: string,
): void {
  instances.set(incarnation, { startedAt: now, heartbeatAt: now, stoppedAt: null })
}

/** Those that are not this one are dead. */
export function fenceOthers({ instances, now }: Tables, incarnation: string): void {
  for (const [name, other] of instances) if (name !== incarnation) other.stoppedAt ??= now
}

export function endIncarnation({ instances, now }: Tables, incarnation: string): void {
  const me = instances.get(incarnation)
  if (me) me.stoppedAt = now
}

function isDue({ row }: Recording, { uptime, now }: Tables, timing: Timing): boolean {
  const { graceMs, gapMs } = timing
  // A time to come is from before the database's clock was set back: it tells nothing.
  const known = (at: Date | null) => (ms(at) <= now + gapMs ? ms(at) : Number.NEGATIVE_INFINITY)
  if (row.finishedAt === null)
    return Math.max(known(row.lastSeenAt), uptime.upSince) + graceMs < now
  if (row.complete) return true
  const lastChunkAt = known(row.lastChunkAt ?? row.createdAt)
  return Math.max(lastChunkAt, known(row.finishedAt), uptime.upSince) + graceMs < now
}

const isJudging = ({ uptime, now }: Tables, { gapMs }: Timing): boolean =>
  Math.abs(uptime.lastBeatAt - now) <= gapMs

const isFree = ({ leaseUntil }: RecordingRow, now: number, { leaseMs, gapMs }: Timing): boolean =>
  leaseUntil === null || ms(leaseUntil) < now || ms(leaseUntil) > now + leaseMs + gapMs

export function claimDue(tables: Tables, timing: Timing, limit: number): Claim[] {
  if (!isJudging(tables, timing)) return []
  const due = [...tables.recordings.values()].filter((recording) => {
    const { row } = recording
    const isPending = row.generation !== row.finalizedGeneration && row.deletedAt === null
    const mayTry = row.nextAttemptAt === null || ms(row.nextAttemptAt) <= tables.now
    return (
      isPending && mayTry && isFree(row, tables.now, timing) && isDue(recording, tables, timing)
    )
  })
  due.sort((a, b) => ms(a.row.lastSeenAt) - ms(b.row.lastSeenAt))
  return due.slice(0, limit).map(({ row }) => claim(tables, row, timing))
}

export function claimOne(tables: Tables, timing: Timing, id: string): Claim | null {
  const row = tables.recordings.get(id)?.row
  if (!row || row.deletedAt || !isFree(row, tables.now, timing)) return null
  return claim(tables, row, timing)
}

function claim(tables: Tables, row: RecordingRow, { leaseMs }: Timing): Claim {
  row.status = 'finalizing'
  row.leaseEpoch += 1
  row.finalizedGeneration = Math.min(row.finalizedGeneration, row.generation - 1)
  row.leaseUntil = new Date(tables.now + leaseMs)
  row.attempts += 1
  tables.publish(statusEvent(row, 'finalizing'))
  const { id, leaseEpoch: epoch, generation, version } = row
  return { id, epoch, generation, version }
}

export function renewLease(tables: Tables, { id, epoch }: Claim, leaseMs: number): boolean {
  const row = tables.recordings.get(id)?.row
  if (!row || row.leaseEpoch !== epoch || row.status !== 'finalizing' || !row.leaseUntil)
    return false
  row.leaseUntil = new Date(tables.now + leaseMs)
  return true
}

export function releaseLeases(tables: Tables): number {
  const held = [...tables.recordings.values()].filter(({ row }) => ms(row.leaseUntil) > tables.now)
  for (const { row } of held) row.leaseUntil = tables.nowDate
  return held.length
}

export function commitVersion(tables: Tables, commit: Commit): CommitOutcome {
  const { claim, result } = commit
  const recording = tables.recordings.get(claim.id)
  if (!recording || !holdsLease(recording.row, claim)) return { outcome: 'lost' }
  if (recording.row.generation !== claim.generation) return release(tables, recording.row)
  if (!isStillDue(recording, tables, commit)) return release(tables, recording.row)
  if (!result) return settleEmpty(tables, recording.row)
  if (isUnchanged(recording, result)) return settleUnchanged(tables, recording.row, result)
  return commitNew(tables, recording, { ...commit, result })
}

function isStillDue(recording: Recording, tables: Tables, { by, timing }: Commit): boolean {
  if (by === 'admin') return true
  return isJudging(tables, timing) && isDue(recording, tables, timing)
}

function holdsLease(row: RecordingRow, claim: Claim): boolean {
  return row.status === 'finalizing' && row.leaseEpoch === claim.epoch && row.deletedAt === null
}

function settle(row: RecordingRow, status: RecordingStatus): void {
  row.status = status
  row.leaseUntil = null
  row.attempts = 0
  row.nextAttemptAt = null
  row.lastError = null
}

function release(tables: Tables, row: RecordingRow): CommitOutcome {
  settle(row, 'recording')
  tables.publish(statusEvent(row, 'recording'))
  return { outcome: 'alive' }
}

function settleEmpty(tables: Tables, row: RecordingRow): CommitOutcome {
  settle(row, 'empty')
  row.finalizedGeneration = row.generation
  tables.publish(statusEvent(row, 'empty'))
  return { outcome: 'empty' }
}

function isUnchanged({ row, versions }: Recording, result: Result): boolean {
  const current = versions.find(({ version }) => version === row.version)
  return (
    current?.etag === result.etag &&
    current.status === result.status &&
    isDeepStrictEqual(current.gaps, result.gaps)
  )
}

function settleUnchanged(tables: Tables, row: RecordingRow, result: Result): CommitOutcome {
  settle(row, result.status)
  row.finalizedGeneration = row.generation
  tables.publish(statusEvent(row, result.status))
  tables.publish(readyEvent(row.id, row.version, result))
  return { outcome: 'unchanged', version: row.version }
}

function commitNew(
  tables: Tables,
  { row, versions }: Recording,
  { claim, result, by }: Commit & { result: Result },
): CommitOutcome {
  const version = row.version + 1
  const reason = reasonOf(row, by)
  const { epoch, generation } = claim
  versions.push({ ...result, version, epoch, generation, reason, createdAt: tables.nowDate })
  settle(row, result.status)
  row.version = version
  row.reason = reason
  row.finalizedGeneration = generation
  tables.publish(statusEvent(row, result.status))
  tables.publish(readyEvent(row.id, version, result))
  return { outcome: 'committed', version, reason }
}

function reasonOf(row: RecordingRow, by: Commit['by']): Reason {
  if (row.finishedAt) return row.finishReason === 'pagehide' ? 'pagehide' : 'stop'
  return by === 'sweeper' ? 'disconnect' : by
}

export function failFinalization(tables: Tables, failure: Failure): boolean {
  const { claim, code, message, retryMs } = failure
  const row = tables.recordings.get(claim.id)?.row
  if (!row || row.leaseEpoch !== claim.epoch || row.status !== 'finalizing') return false
  row.status = 'failed'
  row.leaseUntil = null
  row.lastError = message
  row.nextAttemptAt = new Date(tables.now + retryMs)
  const retryAt = row.nextAttemptAt.toISOString()
  tables.publish({ type: 'failed', id: row.id, code, message, attempt: row.attempts, retryAt })
  return true
}

function statusEvent(
  { id, version, reason }: RecordingRow,
  status: RecordingStatus,
): HoldfastEvent {
  return { type: 'status', id, status, version, reason }
}

export function readyEvent(
  id: string,
  version: number,
  result: Result,
): Extract<HoldfastEvent, { type: 'ready' }> {
  const { status, durationMs, bytes, gaps } = result
  return { type: 'ready', id, version, status, durationMs, bytes, gaps, mediaUrl: '' }
}
