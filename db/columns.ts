// The kinds of columns that the ledger's tables share: bytes, transaction ids, times, counters past 2^31.
import { bigint, customType, timestamp } from 'drizzle-orm/pg-core'

export const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({
  dataType: () => 'bytea',
})
export const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' })
/** Sets of generations, as ranges: `{[5,9),[12,)}`. */
export const generations = customType<{ data: string }>({ dataType: () => 'int8multirange' })
export const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
export const counter = (name: string) => bigint(name, { mode: 'number' })
