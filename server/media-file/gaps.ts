// The exact list of what is missing, in numbers and as far as it is known in time (I8).
import { type Db, readGapEdges, readMissing } from '@holdfast/db'
import type { Gap } from '@holdfast/protocol'
import type { PlayedRun, TakeFile } from './take-file.ts'

/** Gaps that a version lists; a recording with more has lost its list, not its chunks. */
const MAX_GAPS = 10_000

/**
 * All holes of a recording. Their times are those of the media beside them: from where what is in front of a hole ends
 * to where what is kept behind it begins. Of bytes that nobody understands, what their senders told.
 */
export async function readGaps(
  db: Db,
  recordingId: string,
  layOut: (take: number) => Promise<TakeFile | null>,
): Promise<Gap[]> {
  const missing = await readMissing(db, recordingId, MAX_GAPS)
  const holes = [...missing].flatMap(([take, ranges]) =>
    ranges.map(([fromSeq, toSeq]) => ({ take, fromSeq, toSeq })),
  )
  const told = await readGapEdges(db, recordingId, holes)
  const edges = new Map<number, TakeEdges>()
  for (const take of missing.keys()) edges.set(take, edgesOf((await layOut(take))?.runs ?? []))
  return told.map((gap) => timed(gap, edges.get(gap.take)))
}

type TakeEdges = {
  /** By the number behind the last chunk of a run. */
  readonly ends: ReadonlyMap<number, number | null>
  /** By the number in front of its first. */
  readonly starts: ReadonlyMap<number, number | null>
}

function edgesOf(runs: readonly PlayedRun[]): TakeEdges {
  return {
    ends: new Map(runs.map(({ lastSeq, endMs }) => [lastSeq + 1, endMs])),
    starts: new Map(runs.map(({ firstSeq, startMs }) => [firstSeq - 1, startMs])),
  }
}

function timed(gap: Gap, edges: TakeEdges | undefined): Gap {
  const fromMs = edges?.ends.get(gap.fromSeq) ?? gap.fromMs
  const toMs = edges?.starts.get(gap.toSeq) ?? gap.toMs
  // Sound in front of a hole may last longer than it takes the picture to come back.
  return { ...gap, fromMs, toMs: toMs === null ? null : Math.max(fromMs ?? 0, toMs) }
}
