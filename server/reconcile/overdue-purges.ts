// Deleted recordings whose bytes should be gone: no server was there to purge them.
import { readOverduePurges } from '@holdfast/db'
import { TIMING } from '@holdfast/protocol'
import type { Findings, Site } from './finding.ts'

const MAX_PURGES = 10_000

export async function* findOverduePurges(site: Site): Findings {
  const { db, overdueMs, purge } = site
  const undoneMs = TIMING.undoDeleteMs + overdueMs
  for (const recordingId of await readOverduePurges(db, undoneMs, MAX_PURGES)) {
    yield {
      kind: 'overdue_purge',
      recordingId,
      what: 'deleted, and can no longer be restored',
      remedy: 'remove its bytes and its rows',
      mend: async () => {
        // Takes several at once; this one may have gone with another.
        await purge()
        const isLeft = (await readOverduePurges(db, undoneMs, MAX_PURGES)).includes(recordingId)
        if (!isLeft) return { outcome: 'mended', detail: 'purged' }
        return { outcome: 'left', detail: 'its bytes could not be removed' }
      },
    }
  }
}
