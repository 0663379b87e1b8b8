// A page of recordings, newest first, by keyset: the cost of a page does not depend on how many came before.
import type { Reason, RecordingStatus } from '@holdfast/protocol'
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'

export type ListedRecording = {
  id: string
  status: RecordingStatus
  version: number
  reason: Reason | null
  title: string | null
  group: string | null
  generation: number
  finalizedGeneration: number
  takeCount: number
  chunks: number
  bytes: number
  durationMs: number | null
  createdAt: Date
  startedAt: Date | null
  /** When the file begins, by the recorder's clock: its first take need not be the first of all. */
  fileStartedAt: Date | null
  lastSeenAt: Date
  /** A picture of the newest version is there. */
  hasThumbnail: boolean
}

/** Where a page ended: the creation time in microseconds, as text so that nothing is rounded, and the id. */
export type ListCursor = { createdMicros: string; id: string }

export type ListPage = { recordings: ListedRecording[]; next: ListCursor | null }

type ListQuery = {
  status: RecordingStatus | null
  group: string | null
  after: ListCursor | null
  limit: number
}

type Row = {
  id: string
  status: RecordingStatus
  version: number
  reason: Reason | null
  title: string | null
  group: string | null
  generation: string
  finalized_generation: string
  take_count: number
  chunks: string
  bytes: string
  duration_ms: string | null
  created_micros: string
  started_at: string | null
  file_started_at: string | null
  last_seen_at: string
  has_thumbnail: boolean
}

export async function listRecordings(db: Db, query: ListQuery): Promise<ListPage> {
  const { status, group, after, limit } = query
  const rows = await db.execute<Row>(sql`
    select r.id, r.status, r.version, r.reason, r.title, r.group_id as group, r.generation,
      r.finalized_generation, r.chunk_count as chunks, r.bytes, v.duration_ms,
      (extract(epoch from r.created_at) * 1000000)::bigint as created_micros,
      t.take_count, t.started_at, r.last_seen_at, coalesce((
        select started_at from takes
        where recording_id = r.id and take = (v.played -> 0 ->> 'take')::int), t.started_at)
        as file_started_at,
      exists (select 1 from jobs j where j.recording_id = r.id and j.version = r.version
        and j.kind = 'thumbnail' and j.status = 'done' and j.data ->> 'file' is not null)
        as has_thumbnail
    from recordings r
      left join versions v on v.recording_id = r.id and v.version = r.version
      cross join lateral (
        select count(*)::int as take_count, min(started_at) as started_at
        from takes where recording_id = r.id) t
    where r.deleted_at is null
      and (${status}::text is null or r.status = ${status})
      ${inGroup(group)}
      and (${after?.id ?? null}::uuid is null or (r.created_at, r.id) < (
        timestamptz 'epoch' + ${after?.createdMicros ?? '0'}::bigint * interval '1 microsecond',
        ${after?.id ?? null}::uuid))
    order by r.created_at desc, r.id desc
    limit ${limit + 1}`)
  const page = rows.slice(0, limit)
  const last = rows.length > limit ? page.at(-1) : undefined
  const next = last ? { createdMicros: last.created_micros, id: last.id } : null
  return { recordings: page.map(toListed), next }
}

/** A statement of its own, so that it is planned over the groups' index. */
const inGroup = (group: string | null) => (group === null ? sql`` : sql`and r.group_id = ${group}`)

function toListed(row: Row): ListedRecording {
  const { id, status, version, reason, title, group } = row
  return {
    ...{ id, status, version, reason, title, group },
    generation: Number(row.generation),
    finalizedGeneration: Number(row.finalized_generation),
    takeCount: row.take_count,
    chunks: Number(row.chunks),
    bytes: Number(row.bytes),
    durationMs: row.duration_ms === null ? null : Number(row.duration_ms),
    createdAt: new Date(Number(row.created_micros) / 1000),
    startedAt: row.started_at === null ? null : new Date(row.started_at),
    fileStartedAt: row.file_started_at === null ? null : new Date(row.file_started_at),
    lastSeenAt: new Date(row.last_seen_at),
    hasThumbnail: row.has_thumbnail,
  }
}
