// What a finalization computes: the file that will be served, its duration, what is missing. Only reads.
import { type Db, type Result, readTakeHeads, type TakeHead } from '@holdfast/db'
import type { Gap } from '@holdfast/protocol'
import type { ChunkStore } from '../store/chunk-store.ts'
import { readGaps } from './gaps.ts'
import { layOutPlayed } from './joined-file.ts'
import { layOutTake, type TakeFile } from './take-file.ts'

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
  const of = { recordingId, heads, generation, pauses: 'closed' } as const
  const laidOut = await layOutPlayed(source, of, layOut)
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
    gaps: gaps.map((gap) => inFile(gap, laidOut)),
    played: [...laidOut.played],
    header: file.header,
    etag,
    container: file.container,
  }
}

/** Its times in the file; of a take that is not in it, in the take's own time. */
function inFile(gap: Gap, { played }: TakeFile): Gap {
  const startMs = played.find(({ take }) => take === gap.take)?.startMs ?? 0
  const moved = (ms: number | null) => (ms === null ? null : ms + startMs)
  return { ...gap, fromMs: moved(gap.fromMs), toMs: moved(gap.toMs) }
}
