// Conflicting copies that no row names: the process died between keeping the file and writing its row. A file has its name
// only when its bytes are synced, so it stays where it is.
import { keepConflict } from '@holdfast/db'
import type { SegmentInfo } from '../store/chunk-store.ts'
import { readConflictCopy } from './conflict-copy.ts'
import type { Findings, Mended, Site } from './finding.ts'
import type { StoredRecording } from './stored-recording.ts'

export async function* findOrphanConflicts(site: Site, stored: StoredRecording): Findings {
  const { id, facts, conflicts, hasLivingWriter } = stored
  // A living writer may be between the two steps.
  if (facts?.state !== 'live' || hasLivingWriter) return
  for (const info of conflicts) {
    if (facts.conflicts.has(info.segment) || info.isQuarantined) continue
    yield {
      kind: 'orphan_conflict',
      recordingId: id,
      what: info.segment,
      remedy: 'write its row, or set it aside if it is damaged',
      mend: () => adoptConflict(site, id, info),
    }
  }
}

async function adoptConflict(site: Site, id: string, info: SegmentInfo): Promise<Mended> {
  const copy = await readConflictCopy(site, id, info)
  if (!copy) {
    await site.store.quarantine(id, info.segment, 'not the copy that its name says')
    return { outcome: 'mended', detail: 'quarantined' }
  }
  const outcome = await keepConflict(site.db, copy)
  if (outcome === 'kept') return { outcome: 'mended', detail: 'kept as evidence' }
  return { outcome: 'left', detail: `the ledger says: ${outcome}` }
}
