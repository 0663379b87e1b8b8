// What a finalization computes: the file that will be served, its duration, what is missing. Only reads.
// Several takes become one file later; today the first take that has media is the recording's file.
import { type Db, type Result, readTakeHeads } from '@holdfast/db'
import type { ChunkStore } from '../store/chunk-store.ts'
import { etagOf } from './etag.ts'
import { readGaps } from './gaps.ts'
import { layOutTake } from './take-file.ts'

/** null when nothing is stored. `generation` must be the recording's own: the commit checks it again. */
export async function layOutRecording(
  source: { db: Db; store: ChunkStore },
  recordingId: string,
  generation: number,
): Promise<Result | null> {
  const [head] = await readTakeHeads(source.db, recordingId)
  if (!head) return null
  const gaps = await readGaps(source.db, recordingId)
  const laidOut = await layOutTake(source, { recordingId, head, generation })
  const { file } = laidOut
  return {
    status: gaps.length === 0 ? 'ready' : 'incomplete',
    durationMs: file.durationMs,
    bytes: file.size,
    gaps,
    header: file.header,
    etag: etagOf(laidOut),
  }
}
