// What the instances counted, kept for a day: written every quarter of a minute, read as curves over all instances.
import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import type { Sample } from '../instance-tables.ts'

/** One step of the curves: `at` is its beginning. */
export type SampledStep = { at: Date } & { [Key in keyof Sample]: number | null }

const SUMS = [
  ...['acked', 'bytes', 'missing', 'rejected', 'finalized', 'byItself', 'failures'],
  ...['returned', 'expired', 'purged', 'purgedBytes'],
] as const

/** Together with what is older than a day, which goes. */
export async function writeSample(db: Db, incarnation: string, sample: Sample): Promise<void> {
  await db.execute(sql`
    insert into samples (incarnation, data)
    values (${incarnation}, ${JSON.stringify(sample)}::text::jsonb)`)
  await db.execute(sql`delete from samples where at < now() - interval '1 day'`)
}

/** Steps in which nothing was sampled are left out: then no instance ran. */
export async function readSamples(
  db: Db,
  { hours, stepSeconds }: { hours: number; stepSeconds: number },
): Promise<SampledStep[]> {
  const rows = await db.execute<{ at: string } & Record<string, number | null>>(sql`
    select to_timestamp(step * ${stepSeconds}) as at, ${sql.join([...SUMS.map(sumOf), ...PEAKS], sql`, `)}
    from (
      select floor(extract(epoch from at) / ${stepSeconds})::bigint as step, data, incarnation
      from samples where at > now() - ${hours} * interval '1 hour') s
    group by step order by step`)
  return rows.map(({ at, ...counted }) => ({
    ...(counted as Omit<SampledStep, 'at'>),
    at: new Date(at),
  }))
}

const number = (key: string): SQL => sql`(data ->> ${key}::text)::float8`
const sumOf = (key: string): SQL => sql`sum(${number(key)}) as ${sql.identifier(key)}`

/** The slowest instance, the fullest disk; recorders as many as there were on all of them, on average. */
const PEAKS: SQL[] = [
  sql`max(${number('ackP50Ms')}) as "ackP50Ms"`,
  sql`max(${number('ackP99Ms')}) as "ackP99Ms"`,
  sql`min(${number('freeBytes')}) as "freeBytes"`,
  sql`sum(${number('recorders')}) / count(*) * count(distinct incarnation) as recorders`,
]
