// Whether the database keeps what it has committed. Asked once at the start: an ack is worth what these are.
import { sql } from 'drizzle-orm'
import type { Db } from './client.ts'

export type UnsafeSetting = { name: string; value: string }

/** The settings under which a committed row can be lost; empty = safe. */
export async function readUnsafeSettings(db: Db): Promise<UnsafeSetting[]> {
  const rows = await db.execute<{ name: string; value: string }>(sql`
    select name, current_setting(name) as value
    from unnest(array['fsync', 'synchronous_commit']) as name`)
  // remote_write, remote_apply and local all sync this server's own log before COMMIT returns.
  return rows.filter(({ value }) => value === 'off')
}

/** Resolves when the database answers; rejects when it does not. */
export async function pingDatabase(db: Db): Promise<void> {
  await db.execute(sql`select 1`)
}
