// What a job has finished of its work, so that whoever takes it up goes on there: the names of files that are durable, and
// how far it was with them. In the job's row, behind the same fence as its end.
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import type { JobClaim } from './claim-jobs.ts'

/** By the name that the maker gave it, the file in the recording's folder. */
export type KeptParts = Readonly<Record<string, string>>

/** What `data` holds of a job that is not done. */
export type UnfinishedJob = { kept?: KeptParts; keptPercent?: number }

/** The progress that a job falls back to when its worker is gone. */
export const keptPercent = sql`coalesce((data ->> 'keptPercent')::int, 0)`

export type NewPart = { name: string; file: string; percent: number }

/**
 * False when the lease is lost: then nobody names the file. Attempts are counted anew: only those in which nothing was
 * finished speak against a job.
 */
export async function keepJobPart(db: Db, claim: JobClaim, part: NewPart): Promise<boolean> {
  const { name, file, percent } = part
  const rows = await db.execute(sql`
    update jobs set attempts = 1, data = jsonb_build_object(
      'kept', coalesce(data -> 'kept', '{}') || jsonb_build_object(${name}::text, ${file}::text),
      'keptPercent', ${percent}::int)
    where id = ${claim.id} and lease_epoch = ${claim.epoch} and status = 'running'
    returning 1`)
  return rows.length > 0
}
