// Chunks that the ledger names and whose bytes are not theirs, or not there: a version that holds one is damaged. Another copy
// takes their place, or they count as missing, and the next version says so.
import { nextToScrub } from '@holdfast/db'
import { type VerifyReport, verifyRecording } from '../verify/verify-recording.ts'
import type { Findings, Mended, Site } from './finding.ts'

export async function* findDamagedBytes(site: Site): Findings {
  let id = await nextToScrub(site.db, null)
  for (; id !== null; id = await nextToScrub(site.db, id)) {
    const report = await look(site, id, false)
    const wrong = report.damaged.length + report.returned.length
    const recordingId = id
    if (wrong > 0) {
      yield {
        kind: 'damaged_bytes',
        recordingId,
        what: `${wrong} of ${report.chunks + wrong} chunks`,
        remedy: 'take another copy where there is one, else count them as missing',
        mend: async () => told(await look(site, recordingId, true)),
      }
    }
    if (report.unreadable.length === 0) continue
    const what = `none of ${report.unreadable.length} chunks can be read`
    const remedy = 'nothing: see whether the store is the right one, and all of it is there'
    yield { kind: 'lost_bytes', recordingId, what, remedy, mend: null }
  }
}

function look({ db, store, signal, onRead }: Site, id: string, mark: boolean) {
  const onChunk = ({ bytes }: { bytes: number }) => onRead?.(bytes)
  return verifyRecording({ db, store }, id, { mark, signal, onChunk })
}

function told({ recovered, damaged, returned }: VerifyReport): Mended {
  const detail = `${recovered.length} from another copy, ${damaged.length} marked, ${returned.length} right again`
  const isChanged = recovered.length + damaged.length + returned.length > 0
  return { outcome: isChanged ? 'mended' : 'left', detail }
}
