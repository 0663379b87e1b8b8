// Bytes of a recording whose purge is over: somebody who slept through it wrote them. Nobody may ever see them again.
import { purgeAgain } from '@holdfast/db'
import type { Findings, Site } from './finding.ts'
import type { StoredRecording } from './stored-recording.ts'

export async function* findPurgedBytes({ db }: Site, stored: StoredRecording): Findings {
  const { id, facts, settled, conflicts } = stored
  if (facts?.state !== 'purged') return
  yield {
    kind: 'purged_bytes',
    recordingId: id,
    what: `${settled.length + conflicts.length} files`,
    remedy: 'purge it once more',
    mend: async () => {
      await purgeAgain(db, id)
      return { outcome: 'mended', detail: 'it is due to be purged' }
    },
  }
}
