// The exact list of what is missing, in numbers and as far as it is known in time (I8).
import { type Db, readGapEdges, readMissing } from '@holdfast/db'
import type { Gap } from '@holdfast/protocol'

/** Gaps that a version lists; a recording with more has lost its list, not its chunks. */
const MAX_GAPS = 10_000

export async function readGaps(db: Db, recordingId: string): Promise<Gap[]> {
  const missing = await readMissing(db, recordingId, MAX_GAPS)
  const holes = [...missing].flatMap(([take, ranges]) =>
    ranges.map(([fromSeq, toSeq]) => ({ take, fromSeq, toSeq })),
  )
  return await readGapEdges(db, recordingId, holes)
}
