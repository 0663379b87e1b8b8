// A conflicting copy as its file says it: one CHUNK frame, whole, under the name that is made from it.
import type { NewConflict } from '@holdfast/db'
import type { SegmentInfo } from '../store/chunk-store.ts'
import { conflictKey } from '../store/conflict-copies.ts'
import { scanSegment } from '../store/segment-reader.ts'
import type { Site } from './finding.ts'

/** null when the file is not what its name says. */
export async function readConflictCopy(
  { store }: Site,
  recordingId: string,
  { segment, bytes: length }: SegmentInfo,
): Promise<NewConflict | null> {
  const pieces = store.stream(recordingId, { segment, offset: 0 }, length)
  for await (const entry of scanSegment(pieces, length)) {
    if (entry.kind !== 'chunk' || conflictKey(entry.chunk) !== segment) return null
    const { take, seq, sha256, bytes } = entry.chunk
    return { recordingId, take, seq, sha256: sha256.slice(), bytes: bytes.length, object: segment }
  }
  return null
}
