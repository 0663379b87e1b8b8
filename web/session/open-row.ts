// Owns the first write of a recording: its id and token lie on disk before its first chunk, so that nothing
// captured can ever be without an owner. A buffer that does not work delays capture by no more than the bound.

import type { StoredRecording } from '../buffer/local-buffer.ts'
import { changeRecording, putRecording, readRecording } from '../buffer/local-buffer.ts'
import type { RecordingRow } from '../buffer/rows.ts'
import { atMost } from './bounded.ts'
import type { LocalErrorCode } from './recording.ts'
import { bufferTrouble } from './upload-error.ts'

const OPEN_LIMIT_MS = 3_000

export type Opened = {
  readonly row: RecordingRow
  /** What earlier pages left of it; null for a new one. */
  readonly stored: StoredRecording | null
  /** Why the buffer did not take it: everything stays in memory for now; null = it did. */
  readonly trouble: LocalErrorCode | null
}

/** Finds the recording on this device, or enters it. Never rejects. */
export async function openRow(row: RecordingRow): Promise<Opened> {
  try {
    return await atMost(OPEN_LIMIT_MS, findOrPut(row))
  } catch (error) {
    return { row, stored: null, trouble: bufferTrouble(error) }
  }
}

async function findOrPut(row: RecordingRow): Promise<Opened> {
  const stored = await readRecording(row.id)
  if (!stored) {
    await putRecording(row)
    return { row, stored: null, trouble: null }
  }
  const again = { row: { ...stored.row, ended: null }, stored }
  try {
    // Somebody records again: what an earlier page said about the end does not count any more.
    await changeRecording(row.id, { ended: null })
    return { ...again, trouble: null }
  } catch (error) {
    // What lies here is known all the same: the numbers of its takes are used up.
    return { ...again, trouble: bufferTrouble(error) }
  }
}
