// What happened to a recording, as the ledger remembers it: the facts that its story is told from.
import type { HoldfastEvent } from '@holdfast/protocol'
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'

export type StoryEvent = { event: HoldfastEvent; at: Date }

/** Chunks that came after a version: what made the next one. */
export type LateChunks = { version: number; chunks: number; firstAt: Date }

/** Long recordings end and come back, but not this often. */
const MOST_EVENTS = 2000

/** In the order in which they became true. How jobs go on is left out, how they ended is not. */
export async function readStoryEvents(db: Db, id: string): Promise<StoryEvent[]> {
  const rows = await db.execute<{ data: HoldfastEvent; at: string }>(sql`
    select data, at from events
    where recording_id = ${id}
      and (type <> 'job' or data ->> 'status' in ('done', 'failed', 'cancelled'))
    order by events.xid, id limit ${MOST_EVENTS}`)
  return rows.map(({ data, at }) => ({ event: data, at: new Date(at) }))
}

/** When the first and the last chunk of each take arrived. */
export type TakeArrival = { take: number; firstAt: Date; lastAt: Date }

export async function readTakeArrivals(db: Db, id: string): Promise<TakeArrival[]> {
  const rows = await db.execute<{ take: number; first_at: string; last_at: string }>(sql`
    select take, min(received_at) as first_at, max(received_at) as last_at
    from chunks where recording_id = ${id} group by take order by take`)
  return rows.map(({ take, first_at, last_at }) => ({
    take,
    firstAt: new Date(first_at),
    lastAt: new Date(last_at),
  }))
}

/** For each version but the first: how many chunks came since the one before, and when the first of them did. */
export async function readLateChunks(db: Db, id: string): Promise<LateChunks[]> {
  const rows = await db.execute<{ version: number; chunks: string; first_at: string }>(sql`
    select v.version, count(*) as chunks, min(c.received_at) as first_at
    from versions v
      join versions before on before.recording_id = v.recording_id and before.version = v.version - 1
      join chunks c on c.recording_id = v.recording_id
        and c.generation > before.generation and c.generation <= v.generation
    where v.recording_id = ${id}
    group by v.version order by v.version`)
  return rows.map(({ version, chunks, first_at }) => ({
    version,
    chunks: Number(chunks),
    firstAt: new Date(first_at),
  }))
}
