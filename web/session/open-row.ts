// Owns the first write of a recording: its id and token lie on disk before its first chunk, so that nothing
// captured can ever be without an owner. A buffer that does not work delays capture by no more than the bound.

import type { StoredRecording } from '../buffer/local-buffer.ts'
import { changeRecording, putRecording, readRecording } from '../buffer/local-buffer.ts'
import type { RecordingRow } from '../buffer/rows.ts'
import { atMost } from './bounded.ts'

const OPEN_LIMIT_MS = 3_000

export type Opened = {
  readonly row: RecordingRow
  /** What earlier pages left of it; null for a new one. */
  readonly stored: StoredRecording | null
  /** False: the buffer does not work, everything stays in memory. */
  readonly works: boolean
}

/** Finds the recording on this device, or enters it. Never rejects. */
export async function openRow(row: RecordingRow): Promise<Opened> {
  try {
    return await atMost(OPEN_LIMIT_MS, findOrPut(row))
  } catch {
    return { row, stored: null, works: false }
  }
}

async function findOrPut(row: RecordingRow): Promise<Opened> {
  const stored = await readRecording(row.id)
  if (!stored) {
    await putRecording(row)
    return { row, stored: null, works: true }
  }
  // Somebody records again: what an earlier page said about the end does not count any more.
  await changeRecording(row.id, { ended: null })
  return { row: { ...stored.row, ended: null }, stored, works: true }
}
