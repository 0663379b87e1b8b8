// Server processes that died without a word. Fencing them is what makes their segments safe to look at: from then on none
// of them commits a chunk into a segment that may be removed, and one that only slept starts anew.
import { fenceInstance, type KnownInstance, readInstances } from '@holdfast/db'
import type { Finding, Findings, Site } from './finding.ts'

/**
 * At two looks: when the database's clock is set forward, all who live have been silent for as long as it jumped, until the
 * next heartbeat of any of them.
 */
export async function* findSilentInstances(site: Site): Findings {
  const { db, deadAfterMs, untilOthersBeat } = site
  const silent = async () =>
    (await readInstances(db, deadAfterMs)).filter(({ state }) => state === 'silent')
  const suspects = await silent()
  if (suspects.length === 0) return
  if (deadAfterMs > 0) await untilOthersBeat()
  for (const one of await silent()) yield describe(site, one)
}

function describe({ db, deadAfterMs }: Site, { incarnation, heartbeatAt }: KnownInstance): Finding {
  return {
    kind: 'silent_instance',
    recordingId: null,
    what: `process ${incarnation}, last heard of at ${heartbeatAt.toISOString()}`,
    remedy: 'fence it',
    mend: async () => {
      const isFenced = await fenceInstance(db, incarnation, deadAfterMs)
      return isFenced
        ? { outcome: 'mended', detail: 'fenced' }
        : { outcome: 'left', detail: 'it is alive, or fenced already' }
    },
  }
}
