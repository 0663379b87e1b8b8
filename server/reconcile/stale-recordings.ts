// Recordings that should have been finalized and were not: last, so that the version holds what was adopted before. Judged by
// when an instance was last there to hear (I5): who fell silent since may only have found nobody.
import { readStale, type StaleRecording } from '@holdfast/db'
import type { Finding, Findings, Mended, Site } from './finding.ts'

const MAX_RECORDINGS = 10_000

export async function* findStaleRecordings(site: Site): Findings {
  const { db, timing, overdueMs } = site
  for (const stale of await readStale(db, { timing, overdueMs, limit: MAX_RECORDINGS })) {
    yield describe(site, stale)
  }
}

function describe(site: Site, { id, status, lastSeenAt, hasDeadLease }: StaleRecording): Finding {
  return {
    kind: hasDeadLease ? 'dead_lease' : 'stale_recording',
    recordingId: id,
    what: `${status}, last seen at ${lastSeenAt.toISOString()}`,
    remedy: 'finalize it',
    mend: () => finalize(site, id),
  }
}

async function finalize(site: Site, id: string): Promise<Mended> {
  const outcome = await site.finalize(id)
  if (outcome === 'failed') throw new Error('It could not be laid out; its row says why.')
  if (outcome === null || outcome === 'lost') {
    return { outcome: 'left', detail: 'another finalizes it' }
  }
  const detail = outcome === 'alive' ? 'it is alive: it records again' : `finalized: ${outcome}`
  return { outcome: 'mended', detail }
}
