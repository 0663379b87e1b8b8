// Three servers behind a proxy, with somebody who looks at the page meanwhile: no recorder, and just as little to be
// disturbed.
import type { DatabaseClient } from '@holdfast/db'
import { Fleet, type FleetOptions } from '../../support/fleet.ts'
import { urlOf } from '../../support/wire-bed.ts'
import type { Ground } from '../ground.ts'
import { ENV, look, type Site } from '../site.ts'
import { Visitor } from './visitor.ts'

/** Starting servers takes a while on a busy machine: there must be chunks left to be acked when the last is back. */
export const FLEET_LOAD = { everyMs: 250 }

export type FleetSite = Site & { readonly fleet: Fleet; readonly visitor: Visitor }

type FleetSiteOptions = Pick<FleetOptions, 'proxy' | 'hasRedis'>

export async function fleetSite(ground: Ground, options: FleetSiteOptions): Promise<FleetSite> {
  const { connection } = await ground.createDatabase()
  const databaseUrl = urlOf(connection)
  const start: FleetOptions['start'] = (one) => ground.startServer(one)
  const fleet = await Fleet.start({ ...options, databaseUrl, env: ENV, start })
  ground.onEnd(() => fleet.stop())
  const visitor = Visitor.come(fleet.url)
  ground.onEnd(() => visitor.leave())
  return {
    fleet,
    visitor,
    servers: fleet.servers,
    url: fleet.url,
    storeDir: fleet.storeDir,
    // Counters of a server that is started again begin anew.
    rowsBefore: null,
    withLedger: (work) => look(connection, work),
    revive: (server) => server.start(),
  }
}

/** What the visitor saw, and whether a server called for a person. */
export async function seenViolations(site: FleetSite): Promise<string[]> {
  const { fleet, visitor } = site
  const calls = fleet.servers.flatMap(({ logs }) => logs.filter(({ level }) => level === 'error'))
  return [
    ...(await visitor.heardViolations(() => site.withLedger(eventIds))),
    ...(await visitor.leave()),
    ...calls.map((line) => `a server logged an error: ${JSON.stringify(line)}`),
  ]
}

/** In the order in which they are told; what waits behind a running transaction may have another in front of it yet. */
async function eventIds(sql: DatabaseClient['sql']): Promise<string[]> {
  const rows = await sql`select xid::text || '-' || id as id from events
    where xid < pg_snapshot_xmin(pg_current_snapshot()) order by events.xid, events.id`
  return rows.map(({ id }) => String(id))
}
