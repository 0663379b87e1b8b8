// Notes about segments that are long gone. They kept a writer which still had the segment open from losing what it appended;
// once that writer has been fenced for a while nobody can, and the notes would stay for ever.
import { forgetRetired, readForgettable } from '@holdfast/db'
import type { Findings, Site } from './finding.ts'

const MAX_NOTES = 10_000

export async function* findSpentRetirements({ db, store }: Site): Findings {
  for (const note of await readForgettable(db, MAX_NOTES)) {
    const { recordingId, segment } = note
    const isThere = (await store.segments(recordingId)).some((one) => one.segment === segment)
    if (isThere) continue
    yield {
      kind: 'spent_retirement',
      recordingId,
      what: segment,
      remedy: 'forget it',
      mend: async () => {
        await forgetRetired(db, note)
        return { outcome: 'mended', detail: 'forgotten' }
      },
    }
  }
}
