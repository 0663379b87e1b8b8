// How the whole stands, for operators: what is being recorded, what is due, which instances there are, what failed and why. Asks
// only small indexes: its cost does not grow with what was ever recorded.
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'

export type Operations = {
  /** Recordings that are open: chunks may come. */
  live: number
  /** Waiting for a finalizer, or with one. */
  due: number
  failed: number
  purgesPending: number
  jobs: { waiting: number; running: number; failed: number }
  deliveries: { waiting: number; failed: number }
}

export type RunningInstance = {
  incarnation: string
  version: string | null
  startedAt: Date
  heartbeatAt: Date
}

export type FailedRecording = {
  id: string
  title: string | null
  lastError: string | null
  attempts: number
  nextAttemptAt: Date | null
}

const MOST_FAILED = 50

export async function readOperations(db: Db, graceMs: number): Promise<Operations> {
  const [row] = await db.execute<Record<string, number>>(sql`
    select
      count(*) filter (where status = 'recording' and not is_due)::int as live,
      count(*) filter (where status = 'finalizing' or is_due)::int as due,
      (select count(*)::int from recordings where status = 'failed' and deleted_at is null) as failed,
      (select count(*)::int from recordings
        where deleted_at is not null and purged_at is null) as purges,
      (select count(*)::int from jobs where done_at is null and status = 'waiting') as jobs_waiting,
      (select count(*)::int from jobs where done_at is null and status = 'running') as jobs_running,
      (select count(*)::int from jobs where status = 'failed') as jobs_failed,
      (select count(*)::int from deliveries where done_at is null) as deliveries_waiting,
      (select count(*)::int from deliveries where status = 'failed') as deliveries_failed
    from (
      select status, complete or last_seen_at < now() - ${graceMs} * interval '1 ms' as is_due
      from recordings where generation <> finalized_generation and deleted_at is null) pending`)
  const of = (name: string) => row?.[name] ?? 0
  return {
    ...{ live: of('live'), due: of('due'), failed: of('failed'), purgesPending: of('purges') },
    jobs: { waiting: of('jobs_waiting'), running: of('jobs_running'), failed: of('jobs_failed') },
    deliveries: { waiting: of('deliveries_waiting'), failed: of('deliveries_failed') },
  }
}

/** Oldest first; those whose heart has not beaten for a minute are on their way out of this list. */
export async function readRunningInstances(db: Db): Promise<RunningInstance[]> {
  const rows = await db.execute<InstanceRow>(sql`
    select incarnation, version, started_at, heartbeat_at from instances
    where stopped_at is null and heartbeat_at > now() - interval '1 minute' order by started_at`)
  return rows.map(({ incarnation, version, started_at, heartbeat_at }) => ({
    ...{ incarnation, version },
    startedAt: new Date(started_at),
    heartbeatAt: new Date(heartbeat_at),
  }))
}

type InstanceRow = Omit<RunningInstance, 'startedAt' | 'heartbeatAt'> &
  Record<'started_at' | 'heartbeat_at', string>

type FailedRow = {
  id: string
  title: string | null
  last_error: string | null
  attempts: number
  next_attempt_at: string | null
}

export async function readFailedRecordings(db: Db): Promise<FailedRecording[]> {
  const rows = await db.execute<FailedRow>(sql`
    select id, title, last_error, attempts, next_attempt_at from recordings
    where status = 'failed' and deleted_at is null order by last_seen_at desc limit ${MOST_FAILED}`)
  return rows.map(({ id, title, last_error, attempts, next_attempt_at }) => ({
    ...{ id, title, attempts, lastError: last_error },
    nextAttemptAt: next_attempt_at === null ? null : new Date(next_attempt_at),
  }))
}
