// Recordings that should have been finalized and were not: their finalizer died, or nobody ever came.
import type { RecordingStatus } from '@holdfast/protocol'
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { type Timing, wasDue } from './claim-due.ts'

export type StaleRecording = {
  id: string
  status: RecordingStatus
  lastSeenAt: Date
  /** Somebody began and did not come to an end. */
  hasDeadLease: boolean
}

type Row = { id: string; status: RecordingStatus; last_seen_at: string; has_dead_lease: boolean }

type StaleQuery = {
  timing: Timing
  /** Beside servers: what is younger is theirs. */
  overdueMs: number
  limit: number
}

export async function readStale(
  db: Db,
  { timing, overdueMs, limit }: StaleQuery,
): Promise<StaleRecording[]> {
  const overdue = sql`${overdueMs} * interval '1 ms'`
  const dueFor = { ...timing, graceMs: timing.graceMs + overdueMs }
  const rows = await db.execute<Row>(sql`
    select r.id, r.status, r.last_seen_at,
      r.status = 'finalizing' and r.lease_until is not null as has_dead_lease
    from recordings r cross join uptime u
    where r.generation <> r.finalized_generation and r.deleted_at is null
      and (r.lease_until is null or r.lease_until <= now() - ${overdue})
      and (r.next_attempt_at is null or r.next_attempt_at <= now() - ${overdue})
      and ((r.status = 'finalizing' and r.lease_until is not null)
        or (${wasDue(dueFor)} and r.last_seen_at <= now() - ${overdue}))
    order by r.last_seen_at limit ${limit}`)
  return rows.map((row) => ({
    id: row.id,
    status: row.status,
    lastSeenAt: new Date(row.last_seen_at),
    hasDeadLease: row.has_dead_lease,
  }))
}
