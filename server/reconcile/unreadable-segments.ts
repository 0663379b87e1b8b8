// Segments of dead writers in which something stands that is no frame. They are marked and kept: what the ledger names in
// them is still served, and a person can look (R10: nothing is repaired by deleting).
import { readRetired } from '@holdfast/db'
import type { Findings, Site } from './finding.ts'
import { megabytes } from './megabytes.ts'
import type { StoredRecording } from './stored-recording.ts'

export async function* findUnreadableSegments(
  { db, store }: Site,
  { id, facts, finds, settled }: StoredRecording,
): Findings {
  if (facts !== null && facts.state !== 'live') return
  const understood = new Set(finds.spent.map(({ segment }) => segment))
  const suspects = settled.filter((one) => !one.isQuarantined && !understood.has(one.segment))
  if (suspects.length === 0) return
  const retired = new Set((await readRetired(db, id)).map(({ segment }) => segment))
  const present = new Set((await store.segments(id)).map(({ segment }) => segment))
  for (const { segment, bytes } of suspects) {
    // Removed while it was read: its time was over.
    if (retired.has(segment) || !present.has(segment)) continue
    yield {
      kind: 'unreadable_segment',
      recordingId: id,
      what: `${segment}, ${megabytes(bytes)}`,
      remedy: 'quarantine it: mark it, and keep it',
      mend: async () => {
        await store.quarantine(id, segment, 'reconcile found bytes that are no frames')
        return { outcome: 'mended', detail: 'quarantined' }
      },
    }
  }
}
