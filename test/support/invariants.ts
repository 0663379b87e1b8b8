// What must be true of a ledger, its store and its files after anything at all happened to the server. Each
// check returns the violations that it found, by the invariant's number; none is the empty list.
import { createHash } from 'node:crypto'
import type { DatabaseClient } from '@holdfast/db'
import type { ChunkStore } from '../../server/store/chunk-store.ts'

type Sql = DatabaseClient['sql']

/** What a client was told: this ACK was read. */
export type AckedChunk = { id: string; take: number; seq: number; sha256: string }

/** While a recording is being purged its chunks go first, in several transactions. */
const IS_NOT_PURGED = '(r.deleted_at is null or r.purged_at is null and r.lease_until is null)'

/** Conditions on the ledger that hold at every moment: each query names the rows that break one. */
const LEDGER_RULES: Record<string, string> = {
  'I1: a recording below the generation of one of its chunks': `
    select distinct c.recording_id from chunks c join recordings r on r.id = c.recording_id
    where c.generation > r.generation`,
  'I1: two chunks at one place in the store': `
    select min(recording_id::text) as recording_id from chunks
    group by recording_id, segment, "offset" having count(*) > 1`,
  'a counter of a recording that is not what its rows say': `
    select r.id as recording_id from recordings r
    left join lateral (select count(*) n, coalesce(sum(bytes), 0) b from chunks
      where recording_id = r.id and damaged_at is null) c on true
    left join lateral (select coalesce(sum(bytes), 0) b from conflicts
      where recording_id = r.id and object is not null) k on true
    where ${IS_NOT_PURGED} and (r.chunk_count <> c.n or r.bytes <> c.b + k.b)`,
  'a counter of a take that is not what its rows say': `
    select t.recording_id from takes t
    join recordings r on r.id = t.recording_id
    left join lateral (select count(*) filter (where damaged_at is null) n, coalesce(max(seq), -1) m
      from chunks where recording_id = t.recording_id and take = t.take) c on true
    where ${IS_NOT_PURGED} and (t.chunk_count <> c.n or t.max_seq <> c.m)`,
  'I2: two versions of one generation, or versions that are not 1, 2, …': `
    select recording_id from versions group by recording_id
    having count(distinct generation) <> count(*) or max(version) <> count(*)`,
  'I2: a later version of an earlier generation': `
    select a.recording_id from versions a join versions b on b.recording_id = a.recording_id
      and b.version = a.version + 1 where b.generation <= a.generation`,
  'I3: two versions of one lease epoch, or a later one of an earlier epoch': `
    select a.recording_id from versions a join versions b on b.recording_id = a.recording_id
      and b.version = a.version + 1 where b.epoch <= a.epoch`,
  'I3: a version of an epoch that was never given': `
    select v.recording_id from versions v join recordings r on r.id = v.recording_id
    where v.epoch > r.lease_epoch`,
  'I7: settled, though chunks came after its version': `
    select r.id as recording_id from recordings r
    join versions v on v.recording_id = r.id and v.version = r.version
    where r.status in ('ready', 'incomplete') and r.generation = r.finalized_generation
      and exists (select 1 from chunks c where c.recording_id = r.id and c.generation > v.generation)`,
  'I8: ready with a hole': `
    select r.id as recording_id from recordings r
    join takes t on t.recording_id = r.id
    left join totals d on d.recording_id = r.id and d.take = t.take
    where r.status = 'ready' and r.generation = r.finalized_generation
      and t.chunk_count < greatest(coalesce(d.declared, 0), t.max_seq + 1)`,
  'I8: ready with gaps in its version, or incomplete without': `
    select r.id as recording_id from recordings r
    join versions v on v.recording_id = r.id and v.version = r.version
    where v.status <> (case when jsonb_array_length(v.gaps) = 0 then 'ready' else 'incomplete' end)`,
  'I9: stopped and whole, settled, and yet not ready': `
    select id as recording_id from recordings
    where complete and chunk_count > 0 and generation = finalized_generation and status <> 'ready'`,
  'a version that nobody was told of': `
    select v.recording_id from versions v where not exists (select 1 from events e
      where e.recording_id = v.recording_id and e.type = 'ready'
        and (e.data->>'version')::int = v.version)`,
}

export async function ledgerViolations(sql: Sql): Promise<string[]> {
  const found: string[] = []
  for (const [rule, query] of Object.entries(LEDGER_RULES)) {
    const rows = await sql.unsafe(query)
    found.push(...rows.map((row) => `${rule}: ${String(row.recording_id)}`))
  }
  return found
}

/** I1: every acked chunk is in the ledger, once, with the sha256 that was acked. */
export async function ackViolations(sql: Sql, acked: readonly AckedChunk[]): Promise<string[]> {
  const rows = await sql`
    select recording_id as id, take, seq::int, encode(sha256, 'hex') as sha256 from chunks
    where damaged_at is null`
  const stored = new Map(rows.map((row) => [`${row.id}/${row.take}/${row.seq}`, row.sha256]))
  return acked.flatMap(({ id, take, seq, sha256 }) => {
    const key = `${id}/${take}/${seq}`
    if (!stored.has(key)) return [`I1: acked and lost: ${key}`]
    return stored.get(key) === sha256 ? [] : [`I1: acked, but other bytes are stored: ${key}`]
  })
}

/** I1: the bytes of every row can be read and have its sha256. */
export async function storeViolations(sql: Sql, store: ChunkStore): Promise<string[]> {
  const rows = await sql`
    select recording_id as id, take, seq, segment, "offset"::int, bytes,
      encode(sha256, 'hex') as sha256 from chunks where damaged_at is null`
  const found: string[] = []
  for (const { id, take, seq, segment, offset, bytes, sha256 } of rows) {
    try {
      const read = await store.read(id, { segment, offset }, bytes)
      const digest = createHash('sha256').update(read).digest('hex')
      if (digest !== sha256) found.push(`I1: other bytes in the store: ${id}/${take}/${seq}`)
    } catch (error) {
      found.push(`I1: unreadable: ${id}/${take}/${seq}: ${String(error)}`)
    }
  }
  return found
}

const SAMPLE_BYTES = 48
const SAMPLES = [0.2, 0.35, 0.5, 0.65, 0.8]

/**
 * I1: a file holds these chunks in this order, and none twice. Knows nothing of containers: it looks for samples
 * of each chunk's bytes. Finalizing rewrites a Cluster's head here and there, so one sample of a chunk may miss.
 */
export function mediaViolations(media: Uint8Array, chunks: readonly Uint8Array[]): string[] {
  const file = Buffer.from(media)
  const sent = Buffer.concat(chunks)
  let from = 0
  return chunks.flatMap((chunk, seq) => {
    if (chunk.length < 20 * SAMPLE_BYTES) return []
    const samples = SAMPLES.map((part) => {
      const at = Math.floor(chunk.length * part)
      return chunk.subarray(at, at + SAMPLE_BYTES)
    })
    const found = samples.map((one) => file.indexOf(one, from)).filter((place) => place >= 0)
    if (found.length < SAMPLES.length - 1)
      return [`I1: chunk ${seq} is not in the file in its place`]
    // The first: a sample that a rewritten header cut apart may repeat itself much later.
    from = Math.min(...found)
    // A tone repeats itself; a file that repeats more than was sent does not.
    const isTwice = samples.every((one) => occurrences(file, one) > occurrences(sent, one))
    return isTwice ? [`I1: chunk ${seq} is in the file twice`] : []
  })
}

function occurrences(file: Buffer, sample: Uint8Array): number {
  let count = 0
  for (let at = file.indexOf(sample); at >= 0; at = file.indexOf(sample, at + 1)) count += 1
  return count
}

export type Counted = {
  /** Chunks that the ledger held when the counters began. */
  before: number
  /** False where a COMMIT's outcome may never have been learned: its rows were then acked as repeats. */
  isExact: boolean
}

/**
 * I14, within one life of the servers that run: rows that they say they stored are the rows that there are more of,
 * and acks are stored ones and repeats.
 */
export async function metricViolations(
  metrics: string,
  sql: Sql,
  { before, isExact }: Counted,
): Promise<string[]> {
  const count = (name: string) => sumOf(metrics, `holdfast_chunk_${name}_total`)
  const [row] = await sql`
    select count(*)::int as chunks, coalesce(sum((select count(*) from unnest(absent) as one
      where upper(one) is not null)), 0)::int as again from chunks`
  const purged = sumOf(metrics, 'holdfast_cleanup_chunks_total')
  // A damaged chunk that was sent again was stored twice, in one row.
  const added = Number(row?.chunks) + Number(row?.again) + purged - before
  const [stored, acked, duplicates] = [count('stored'), count('acked'), count('duplicates')]
  const received = count('received')
  const found: string[] = []
  if (isExact ? stored !== added : stored > added)
    found.push(`I14: ${stored} counted as stored, ${added} rows added`)
  if (acked !== stored + duplicates) found.push(`I14: ${acked} acked ≠ ${stored} + ${duplicates}`)
  const answered = acked + count('rejected')
  if (received !== answered) found.push(`I14: ${received} received, ${answered} answered`)
  return found
}

/** Sum of a counter over all its labels. */
export function sumOf(metrics: string, name: string): number {
  const samples = metrics.split('\n').filter((line) => /^[^#]/.test(line))
  return samples
    .map((line) => /^(\w+)(?:\{.*\})? (\S+)$/.exec(line))
    .reduce((sum, match) => (match?.[1] === name ? sum + Number(match[2]) : sum), 0)
}
