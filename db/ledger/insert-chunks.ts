// The INSERT of a batch, and what became of the rows that were not inserted: the same bytes again, other
// bytes under a taken number, no such take. Fills `outcomes` in place; entries already set are left alone.
import { toHex } from '@holdfast/protocol'
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import type { ChunkOutcome, NewChunk, Room } from './commit-chunks.ts'

type Insertion = {
  batch: readonly NewChunk[]
  outcomes: (ChunkOutcome | null)[]
  room: Room
}

type Slot = { recording_id: string; take: number; seq: string }

const keyOf = (id: string, take: number, seq: number | string) => `${id}/${take}/${seq}`

export async function insertChunks(tx: Db, { batch, outcomes, room }: Insertion): Promise<void> {
  const rows: (ReturnType<typeof toRow> & { at: number })[] = []
  const seen = new Set<string>()
  for (const [at, chunk] of batch.entries()) {
    if (outcomes[at]) continue
    const key = keyOf(chunk.recordingId, chunk.take, chunk.seq)
    // One statement cannot meet the same key twice; the second is compared with the first below.
    const generation = seen.has(key) ? null : room.claim(chunk.recordingId, chunk.bytes)
    if (generation !== null) rows.push({ ...toRow(chunk, generation), at })
    seen.add(key)
  }
  const inserted = await insertRows(tx, rows)
  for (const row of rows) {
    if (inserted.has(keyOf(row.recording_id, row.take, row.seq))) outcomes[row.at] = 'stored'
  }
  await explainRest(tx, batch, outcomes)
}

function toRow(chunk: NewChunk, generation: number) {
  return {
    recording_id: chunk.recordingId,
    take: chunk.take,
    seq: chunk.seq,
    sha256: toHex(chunk.sha256),
    bytes: chunk.bytes,
    segment: chunk.segment,
    offset: chunk.offset,
    aligned: chunk.aligned,
    cluster_ms: chunk.clusterMs,
    end_ms: chunk.endMs,
    transport: chunk.transport,
    index: chunk.index ? toHex(chunk.index) : null,
    has_init: chunk.hasInit ?? false,
    generation,
  }
}

/**
 * A row that was found damaged gives its place to a new copy of the same bytes (rule 2, R6). It keeps its
 * generation: the versions that held it hold it again. Those that were made without it stay as they are.
 */
async function insertRows(tx: Db, rows: readonly object[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set()
  const inserted = await tx.execute<Slot>(sql`
    insert into chunks (recording_id, take, seq, sha256, bytes, segment, "offset", aligned,
      cluster_ms, end_ms, transport, generation, index)
    select g.recording_id, g.take, g.seq, decode(g.sha256, 'hex'), g.bytes, g.segment, g."offset",
      g.aligned, g.cluster_ms, g.end_ms, g.transport, g.generation,
      case when (t.init is not null) = g.has_init then decode(g.index, 'hex') end
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as g(
      recording_id uuid, take int, seq bigint, sha256 text, bytes int, segment text,
      "offset" bigint, aligned boolean, cluster_ms bigint, end_ms bigint, transport text,
      generation bigint, index text, has_init boolean)
    join takes t on t.recording_id = g.recording_id and t.take = g.take
    on conflict (recording_id, take, seq) do update set
      segment = excluded.segment, "offset" = excluded."offset", received_at = now(),
      damaged_at = null,
      absent = chunks.absent * int8multirange(int8range(null, excluded.generation))
    where chunks.damaged_at is not null and chunks.sha256 = excluded.sha256
    returning recording_id, take, seq`)
  return new Set(inserted.map((row) => keyOf(row.recording_id, row.take, row.seq)))
}

async function explainRest(
  tx: Db,
  batch: readonly NewChunk[],
  outcomes: (ChunkOutcome | null)[],
): Promise<void> {
  const rest = [...batch.entries()].filter(([at]) => !outcomes[at])
  if (rest.length === 0) return
  const slots = rest.map(([, c]) => ({ id: c.recordingId, take: c.take, seq: c.seq }))
  const found = await tx.execute<Slot & { sha256: string | null }>(sql`
    select g.id as recording_id, g.take, g.seq, encode(c.sha256, 'hex') as sha256
    from jsonb_to_recordset(${JSON.stringify(slots)}::text::jsonb) as g(id uuid, take int, seq bigint)
    join takes t on t.recording_id = g.id and t.take = g.take
    left join chunks c on c.recording_id = g.id and c.take = g.take and c.seq = g.seq`)
  const stored = new Map(found.map((r) => [keyOf(r.recording_id, r.take, r.seq), r.sha256]))
  for (const [at, chunk] of rest) {
    const sha256 = stored.get(keyOf(chunk.recordingId, chunk.take, chunk.seq))
    outcomes[at] = explain(sha256, toHex(chunk.sha256))
  }
}

/** @param stored undefined = no such take, null = no such chunk */
function explain(stored: string | null | undefined, offered: string): ChunkOutcome {
  if (stored === undefined) return 'take_unknown'
  if (stored === null) return 'full'
  return stored === offered ? 'duplicate' : 'conflict'
}
