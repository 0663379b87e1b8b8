// Mistakes in the ledger, each twice: in the simulated one, where the seeds must find it, and in the statements of the real
// one, where the contract of the ledger must.
import type { Patch } from '../build.ts'
import type { PlantedBug } from './bugs.ts'

export type LedgerBug = PlantedBug & {
  /** The rule of test/contract/ledger.ts that finds it, by the beginning of its title. */
  readonly breaks: string
  /** The same mistake in `db`. */
  readonly sql: readonly Patch[]
  /** What the database itself must forget for it. */
  readonly setUp?: string
}

const INTAKE = 'server/ingest/chunk-intake.ts'
const LEDGER = 'test/simulation/ledger'

export const LEDGER_BUGS: readonly LedgerBug[] = [
  {
    name: 'no unique key',
    breaks: 'R6: a chunk is stored once',
    sql: [
      {
        file: 'db/ledger/insert-chunks.ts',
        find: 'on conflict (recording_id, take, seq) do update set',
        replace: '',
      },
      {
        file: 'db/ledger/insert-chunks.ts',
        find: 'segment = excluded.segment, "offset" = excluded."offset", received_at = now(),',
        replace: '',
      },
      {
        file: 'db/ledger/insert-chunks.ts',
        find: 'damaged_at = null,',
        replace: '',
      },
      {
        file: 'db/ledger/insert-chunks.ts',
        find: 'absent = chunks.absent * int8multirange(int8range(null, excluded.generation))',
        replace: '',
      },
      {
        file: 'db/ledger/insert-chunks.ts',
        find: 'where chunks.damaged_at is not null and chunks.sha256 = excluded.sha256',
        replace: '',
      },
    ],
    setUp: 'alter table chunks drop constraint chunks_recording_id_take_seq_pk',
    patches: [
      {
        file: `${LEDGER}/commit-chunks.ts`,
        find: 'const key = chunkKey(chunk.take, chunk.seq)',
        replace: "const key = [chunkKey(chunk.take, chunk.seq), chunks.size].join('#')",
      },
      {
        file: INTAKE,
        find: 'if (isFull || live.mayHold(chunk.take, chunk.seq)) {',
        replace: 'if (isFull) {',
      },
    ],
  },
  {
    name: 'late chunk ignored',
    breaks: 'I7: a late chunk makes',
    sql: [
      {
        file: 'db/ledger/commit-chunks.ts',
        find: 'generation = g.generation,',
        replace: 'generation = case when r.version = 0 then g.generation else r.generation end,',
      },
    ],
    patches: [
      {
        file: `${LEDGER}/commit-chunks.ts`,
        find: 'row.generation += chunks',
        replace: 'if (row.version === 0) row.generation += chunks',
      },
    ],
  },
  {
    name: 'no fence',
    breaks: 'I3: whoever lost the lease',
    sql: [
      {
        file: 'db/ledger/commit-version.ts',
        find: "return row.status === 'finalizing' && row.leaseEpoch === claim.epoch && row.deletedAt === null",
        replace: 'return row.deletedAt === null && claim.epoch > 0',
      },
    ],
    patches: [
      {
        file: `${LEDGER}/finalizing.ts`,
        find: "return row.status === 'finalizing' && row.leaseEpoch === claim.epoch && row.deletedAt === null",
        replace: 'return row.deletedAt === null && claim.epoch > 0',
      },
    ],
  },
  {
    name: 'no re-check',
    breaks: 'I5: a sign of life, and a chunk',
    sql: [
      {
        file: 'db/ledger/commit-version.ts',
        find: 'if (row.generation !== claim.generation) return await release(tx, row)',
        replace: '',
      },
      {
        file: 'db/ledger/commit-version.ts',
        find: 'if (!(await isStillDue(tx, row.id, commit))) return await release(tx, row)',
        replace: 'void isStillDue',
      },
    ],
    patches: [
      {
        file: `${LEDGER}/finalizing.ts`,
        find: 'if (recording.row.generation !== claim.generation) return release(tables, recording.row)',
        replace: '',
      },
      {
        file: `${LEDGER}/finalizing.ts`,
        find: 'if (!isStillDue(recording, tables, commit)) return release(tables, recording.row)',
        replace: 'void isStillDue',
      },
    ],
  },
  {
    name: 'text sort of seq',
    breaks: 'chunks are read in the order',
    sql: [
      {
        file: 'db/ledger/read-take-chunks.ts',
        find: 'order by seq`)',
        replace: 'order by seq::text collate "C"`)',
      },
    ],
    patches: [
      {
        file: `${LEDGER}/tables.ts`,
        find: '.sort((a, b) => a.seq - b.seq)',
        replace: '.sort((a, b) => (String(a.seq) < String(b.seq) ? -1 : 1))',
      },
    ],
  },
  {
    name: 'arrival order',
    breaks: 'chunks are read in the order',
    sql: [
      {
        file: 'db/ledger/read-take-chunks.ts',
        find: 'order by seq`)',
        replace: 'order by generation`)',
      },
    ],
    patches: [
      {
        file: `${LEDGER}/tables.ts`,
        find: '.sort((a, b) => a.seq - b.seq)',
        replace: '.sort((a, b) => a.generation - b.generation)',
      },
    ],
  },
  {
    name: 'instance clock',
    breaks: 'the clock is the database',
    sql: [
      {
        file: 'db/ledger/claim-due.ts',
        find: 'export function isDue(timing: Timing, by: SQL = sql`now()`): SQL {',
        replace: `export function isDue(timing: Timing, by: SQL =
          sql\`\${new Date().toISOString()}::timestamptz\`): SQL {`,
      },
    ],
    patches: [
      {
        file: `${LEDGER}/index.ts`,
        find: "claimDue: transaction('claimDue', finalizing.claimDue),",
        replace: "claimDue: byOwnClock('claimDue', finalizing.claimDue),",
      },
      {
        file: `${LEDGER}/index.ts`,
        find: "commitVersion: transaction('commitVersion', finalizing.commitVersion),",
        replace: "commitVersion: byOwnClock('commitVersion', finalizing.commitVersion),",
      },
      {
        file: `${LEDGER}/index.ts`,
        find: '/** The code under test passes',
        replace: `function byOwnClock<Given extends unknown[], T>(name: string, work: Work<Given, T>) {
  return (db: real.Db, ...given: Given): Promise<T> => {
    const now = { value: Date.now() }
    return databaseOf(db).call(name, given, (tables) =>
      work(Object.create(tables, { now, uptime: { value: { upSince: 0, lastBeatAt: now.value } },
        nowDate: { value: new Date(now.value) }, publish: { value: (event: never) => tables.publish(event) } }), ...given))
  }
}

/** The code under test passes`,
      },
    ],
  },
  {
    name: 'stop last-write-wins',
    breaks: 'I10: stops merge',
    sql: [
      {
        file: 'db/ledger/commit-finish.ts',
        find: 'do update set declared = greatest(totals.declared, excluded.declared)',
        replace: 'do update set declared = excluded.declared',
      },
    ],
    patches: [
      {
        file: `${LEDGER}/takes.ts`,
        find: 'totals.set(take, Math.max(totals.get(take) ?? 0, chunks))',
        replace: 'totals.set(take, chunks)',
      },
    ],
  },
]
