// The set of ids as one parameter: a statement keeps its text, and with it its plan, whatever the number of ids.
import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'

/** @param ids valid UUIDs, any number of them; a list of parameters would end at 65,534 */
export function isOneOf(column: PgColumn, ids: readonly string[]): SQL {
  return sql`${column} = any(${`{${ids.join(',')}}`}::text::uuid[])`
}
