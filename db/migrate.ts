// Brings an empty or older database to this version's schema. Safe when several instances start at once.
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import { type Connection, openDriver } from './client.ts'

const MIGRATIONS = fileURLToPath(new URL('./migrations', import.meta.url))
/** Any constant: two instances that start together take turns on it. */
const MIGRATION_LOCK = 4_713_021

/** Resolves when every migration is committed. */
export async function migrateDatabase(to: Connection): Promise<void> {
  const settings = { max: 1, onnotice: () => undefined }
  const sql = openDriver(to, settings)
  try {
    // The lock belongs to the one connection and falls with it, even when this process is killed.
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`
    await migrate(drizzle(sql), { migrationsFolder: MIGRATIONS })
    await sql`insert into uptime (id) values (1) on conflict do nothing`
  } finally {
    await sql.end({ timeout: 5 })
  }
}
