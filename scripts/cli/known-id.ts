// The recording that a command is about: its id in any spelling, and the row that must be there.
import { type Db, type ReadRecording, readRecording } from '@holdfast/db'
import { HoldfastError, readRecordingId } from '@holdfast/protocol'

/** @throws HoldfastError `bad_request`, `recording_unknown` */
export async function knownRecording(db: Db, text: string): Promise<ReadRecording> {
  const id = readRecordingId(text)
  if (id === null) throw new HoldfastError('bad_request', { message: `${text} is not an id.` })
  const row = await readRecording(db, id)
  if (!row) throw new HoldfastError('recording_unknown')
  return row
}
