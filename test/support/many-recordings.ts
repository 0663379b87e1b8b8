// A ledger with many finished recordings, written straight into the database: what a list has to cope with.
import type { DatabaseClient } from '@holdfast/db'

/** Every 97th has it in its title. */
export const RARE_WORD = 'Needle'

/**
 * One a minute, the newest now, with lengths and sizes in no order. Every tenth has gaps, every fiftieth failed. Nothing of
 * them is due, and there is nothing to play.
 */
export async function seedRecordings(sql: DatabaseClient['sql'], count: number): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`
      insert into recordings (id, status, reason, version, generation, finalized_generation, compacted_generation,
        token_hash, title, complete, chunk_count, bytes, created_at, last_seen_at, last_chunk_at)
      select gen_random_uuid(),
        case when n % 50 = 0 then 'failed' when n % 10 = 0 then 'incomplete' else 'ready' end,
        'stop', 1, 60, 60, 60, sha256(n::text::bytea),
        case when n % 97 = 0 then ${RARE_WORD} || ' ' else '' end
          || (array['Interview', 'Weekly demo', 'Field notes', 'Lecture', 'Support call'])[n % 5 + 1] || ' ' || n,
        true, 60, 100000 + (n * 7919) % 1000003 * 100,
        now() - n * interval '1 minute', now() - n * interval '1 minute', now() - n * interval '1 minute'
      from generate_series(1, ${count}) n`
    await tx`
      insert into takes (recording_id, take, mime_type, started_at, chunk_count, bytes, max_seq)
      select id, 0, 'video/webm;codecs=vp9,opus', created_at, 60, bytes, 59 from recordings`
    await tx`
      insert into versions (recording_id, version, epoch, generation, status, reason, duration_ms, bytes, gaps, played,
        header, etag, container)
      select id, 1, 1, 60, case status when 'ready' then 'ready' else 'incomplete' end, 'stop',
        1000 + abs(hashtext(id::text)::bigint) % 7200000, bytes, '[]', '[{"take":0,"startMs":0,"endMs":null}]',
        '', 'seeded', 'webm' from recordings`
  })
  await sql`analyze`
}
