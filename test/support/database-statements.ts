// The few statements about whole databases, each on a connection of its own.
import { type Connection, connectDatabase } from '@holdfast/db'

/** The same server and account, another database. */
export function connectAs(to: Connection, database: string): Connection {
  if (!('url' in to)) return { ...to, database }
  const url = new URL(to.url)
  url.pathname = `/${database}`
  return { url: url.href }
}

/** Names are ours: letters, digits and underscores only. */
export async function runAlone(to: Connection, statement: string): Promise<void> {
  const client = connectDatabase(to, { max: 1 })
  try {
    await client.sql.unsafe(statement)
  } finally {
    await client.close()
  }
}

/** Also when something is still connected to it. */
export const dropDatabase = (admin: Connection, name: string): Promise<void> =>
  runAlone(admin, `drop database if exists ${name} with (force)`)
