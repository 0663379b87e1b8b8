// Server processes that died without a word. Fencing them is what makes their segments safe to look at: from then on none
// of them commits a chunk into a segment that may be removed, and one that only slept starts anew.
import { fenceInstance, type KnownInstance } from '@holdfast/db'
import type { Finding, Findings, Site } from './finding.ts'

export async function* findSilentInstances(
  site: Site,
  instances: readonly KnownInstance[],
): Findings {
  for (const one of instances) if (one.state === 'silent') yield describe(site, one)
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
