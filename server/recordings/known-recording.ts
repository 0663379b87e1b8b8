// The recording that a path names. What is no id at all is unknown too: there is none of that name.
import { type Db, type FoundRecording, findRecording } from '@holdfast/db'
import { HoldfastError, readRecordingId } from '@holdfast/protocol'

/** Also a deleted one. @throws HoldfastError `recording_unknown` */
export async function knownRecording(db: Db, id: string | undefined): Promise<FoundRecording> {
  const known = readRecordingId(id)
  const row = known ? await findRecording(db, known) : null
  if (!row) throw new HoldfastError('recording_unknown')
  return row
}
