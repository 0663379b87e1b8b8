// The file of a whole recording: all takes that go together as one, else the first that plays. How they become one is
// decided in media; here their bytes are put one behind another.
import type { TakeHead } from '@holdfast/db'
import { joinTakes, type Pauses } from '@holdfast/media'
import { etagOf } from './etag.ts'
import {
  type IndexedTake,
  layOutFirst,
  readIndexedTake,
  type Source,
  type TakeFile,
  takeOffsets,
} from './take-file.ts'

export type OfRecording = {
  readonly recordingId: string
  readonly heads: readonly TakeHead[]
  readonly generation: number
  readonly pauses: Pauses
}

/** Takes behind these play by themselves only: whoever reloads for ever makes no request take for ever. */
export const MAX_JOINED = 256

/**
 * null when nothing is stored.
 * @param layOut a take by itself
 */
export async function layOutPlayed(
  source: Source,
  of: OfRecording,
  layOut: (head: TakeHead) => Promise<TakeFile>,
): Promise<TakeFile | null> {
  const joined = of.heads.length > 1 ? await layOutJoined(source, of) : null
  return joined ?? (await layOutFirst(of.heads, layOut))
}

async function layOutJoined(source: Source, of: OfRecording): Promise<TakeFile | null> {
  const takes: (IndexedTake & { head: TakeHead })[] = []
  for (const head of of.heads.slice(0, MAX_JOINED)) {
    takes.push({ head, ...(await readIndexedTake(source, { ...of, head })) })
  }
  const given = takes.map(({ input, head }) => ({ input, startedAtMs: head.startedAt.getTime() }))
  const joined = joinTakes(given, of.pauses)
  if (!joined) return null
  const { file } = joined
  const parts = joined.takes.flatMap(({ index, startMs, endMs }) => {
    const one = takes[index]
    return one ? [{ ...one, startMs, endMs }] : []
  })
  const chunks = parts.flatMap((part) => part.chunks)
  const { take = 0, mimeType = '' } = parts[0]?.head ?? {}
  return {
    ...{ take, file, chunks, mimeType },
    offsets: takeOffsets(chunks),
    etag: etagOf(file, chunks),
    runs: [],
    played: parts.map(({ head, startMs, endMs }) => ({ take: head.take, startMs, endMs })),
  }
}
