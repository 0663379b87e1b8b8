// What must hold when a fault is over and every recorder has said stop: asked of the server over the wire, then of its
// ledger and its disk. Violations are sentences that begin with the number of the invariant.
import { openLocalStore } from '../../server/store/local-store.ts'
import {
  ackViolations,
  ledgerViolations,
  metricViolations,
  storeViolations,
} from '../support/invariants.ts'
import { encoreViolations, strangerViolations, toldViolations } from '../support/outside-view.ts'
import { bearer } from '../support/wire-client.ts'
import type { Crew } from './crew.ts'
import type { Site } from './site.ts'

export type Allowances = {
  /** The fault keeps recorders away for longer than the grace time: finalized early, then again (I7). */
  mayEndEarly?: boolean
  /** A COMMIT whose outcome nobody learned of is not counted as stored, nor a damaged chunk that the server found again. */
  mayForgetCounts?: boolean
}

export type Checked = { site: Site; crew: Crew; allow: Allowances; patienceMs: number }

export type Verdict = { violations: string[]; lost: number }

export async function check({ site, crew, allow, patienceMs }: Checked): Promise<Verdict> {
  const expected = { isFirstEnd: !allow.mayEndEarly, patienceMs }
  const told = await Promise.all(
    crew.members.map(async (member) => {
      const { recorder } = member
      const of = { ...member, made: recorder.made, chunks: recorder.chunks }
      const found = [
        ...(await toldViolations(site.url, of, expected)),
        ...(await encoreViolations(site.url, of)),
        ...(await strangerViolations(site.url, recorder.made)),
      ]
      return found.map((one) => `${one} (${recorder.rung}, ${recorder.made.id})`)
    }),
  )
  const metrics = site.rowsBefore === null ? null : await readMetrics(site)
  return await site.withLedger(async (sql) => {
    const acks = await ackViolations(sql, crew.acked)
    const store = await (site.openStore?.() ?? openFolder(site.storeDir))
    const bytes = await storeViolations(sql, store)
    await store.close()
    const numbers =
      metrics === null
        ? []
        : await metricViolations(metrics, sql, {
            before: site.rowsBefore ?? 0,
            isExact: !allow.mayForgetCounts,
          })
    const violations = [
      ...told.flat(),
      ...acks,
      ...bytes,
      ...(await ledgerViolations(sql)),
      ...numbers,
    ]
    return { violations, lost: acks.length + bytes.length }
  })
}

const openFolder = (root: string) => openLocalStore({ root, incarnation: 'reader' })

/** The counters of all instances; `sumOf` adds them up. */
async function readMetrics(site: Site): Promise<string> {
  const texts = await Promise.all(
    site.servers.map(async ({ url }) => {
      const answer = await fetch(`${url}/metrics`, { headers: bearer(null) })
      return await answer.text()
    }),
  )
  return texts.join('\n')
}
