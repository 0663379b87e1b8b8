// What a finalization computes: the file that will be served, its duration, what is missing. Only reads.
import { type Db, type Result, readTakeHeads, type TakeHead } from '@holdfast/db'
import type { ChunkStore } from '../store/chunk-store.ts'
import { readGaps } from './gaps.ts'
import { layOutFirst, layOutTake, type TakeFile } from './take-file.ts'

/** null when nothing is stored. `generation` must be the recording's own: the commit checks it again. */
export async function layOutRecording(
  source: { db: Db; store: ChunkStore },
  recordingId: string,
  generation: number,
): Promise<Result | null> {
  const heads = await readTakeHeads(source.db, recordingId)
  const takes = new Map<number, Promise<TakeFile>>()
  const layOut = (head: TakeHead): Promise<TakeFile> => {
    const known = takes.get(head.take) ?? layOutTake(source, { recordingId, head, generation })
    takes.set(head.take, known)
    return known
  }
  const laidOut = await layOutFirst(heads, layOut)
  if (!laidOut) return null
  const gaps = await readGaps(source.db, recordingId, async (take) => {
    const head = heads.find((one) => one.take === take)
    return head ? await layOut(head) : null
  })
  const { file, etag } = laidOut
  return {
    status: gaps.length === 0 ? 'ready' : 'incomplete',
    durationMs: file.durationMs,
    bytes: file.size,
    gaps,
    header: file.header,
    etag,
    container: file.container,
  }
}
