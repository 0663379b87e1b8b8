// What an operator wants to know of the database itself.
import { sql } from 'drizzle-orm'
import type { Db } from './client.ts'

export type DatabaseFacts = {
  /** Major version. */
  version: number
  fsync: string
  synchronousCommit: string
  fullPageWrites: string
  now: Date
  /** Another server follows this one. */
  hasStandbys: boolean
  synchronousStandbys: string
}

type Row = {
  version: number
  fsync: string
  synchronous_commit: string
  full_page_writes: string
  now: string
  has_standbys: boolean
  standbys: string
}

export async function readDatabaseFacts(db: Db): Promise<DatabaseFacts> {
  const [row] = await db.execute<Row>(sql`
    select current_setting('server_version_num')::int / 10000 as version,
      current_setting('fsync') as fsync,
      current_setting('synchronous_commit') as synchronous_commit,
      current_setting('full_page_writes') as full_page_writes,
      clock_timestamp() as now,
      exists (select 1 from pg_stat_replication) as has_standbys,
      current_setting('synchronous_standby_names') as standbys`)
  if (!row) throw new Error('The database does not know itself.')
  return {
    version: row.version,
    fsync: row.fsync,
    synchronousCommit: row.synchronous_commit,
    fullPageWrites: row.full_page_writes,
    now: new Date(row.now),
    hasStandbys: row.has_standbys,
    synchronousStandbys: row.standbys,
  }
}
