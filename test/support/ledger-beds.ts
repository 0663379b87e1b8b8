// The ledgers that the contract is run on: the real one, one with a planted bug, and the simulated one outside of any world.
import * as real from '@holdfast/db'
import type { Ledger, LedgerBed, TimeColumn } from '../contract/ledger.ts'
import { simulatedLedger } from '../simulation/ledger/index.ts'
import { type RecordingRow, Tables } from '../simulation/ledger/tables.ts'
import { createTestDatabase } from './postgres.ts'

export type OpenBed = LedgerBed & { close(): Promise<void> }

/** @param ledger the functions under test. @param setUp SQL for the database of the bed */
export async function openPostgresBed(ledger: Ledger = real, setUp?: string): Promise<OpenBed> {
  const database = await createTestDatabase()
  const client = real.connectDatabase(database.connection, { max: 4 })
  const { sql, db } = client
  if (setUp !== undefined) await sql.unsafe(setUp)
  return {
    db,
    ledger,
    age: async (id, ms, ...columns) => {
      for (const column of columns) {
        await sql`update recordings set ${sql(column)} = now() - ${ms} * interval '1 ms'
          where id = ${id}`
      }
    },
    setUptime: async ({ upMs, beatMs }) => {
      await sql`update uptime set up_since = now() - ${upMs} * interval '1 ms',
        last_beat_at = now() - ${beatMs} * interval '1 ms'`
    },
    close: async () => {
      await client.close()
      await database.drop()
    },
  }
}

const FIELDS: Record<TimeColumn, keyof RecordingRow> = {
  created_at: 'createdAt',
  last_seen_at: 'lastSeenAt',
  last_chunk_at: 'lastChunkAt',
  finished_at: 'finishedAt',
  lease_until: 'leaseUntil',
}

export function openSimulatedBed(): OpenBed {
  // Every transaction is a moment later than the one before, whatever the process's own clock says.
  let now = Date.UTC(2026, 0, 1)
  const tables = new Tables(() => now)
  const call = async <T>(
    _name: string,
    _given: unknown,
    work: (given: Tables) => T,
  ): Promise<T> => {
    now += 1
    return work(tables)
  }
  return {
    db: { call } as unknown as real.Db,
    ledger: simulatedLedger,
    age: async (id, ms, ...columns) => {
      const row = tables.recordings.get(id)?.row
      for (const column of columns) {
        if (row) Object.assign(row, { [FIELDS[column]]: new Date(now - ms) })
      }
    },
    setUptime: async ({ upMs, beatMs }) => {
      Object.assign(tables.uptime, { upSince: now - upMs, lastBeatAt: now - beatMs })
    },
    close: async () => undefined,
  }
}
