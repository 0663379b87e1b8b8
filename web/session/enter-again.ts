// Owns what is done when a recording's row is not on the disk although its chunks get there: it was never taken,
// or the browser cleared the storage beneath the page. Chunks without a row are found by no later visit.
import { putRecording, readRecording } from '../buffer/local-buffer.ts'
import { type ChunkRef, sameChunk } from './chunk-ref.ts'
import type { TailChunk } from './hand-over.ts'
import type { LocalCopy } from './local-copy.ts'
import type { ProgressMeter } from './progress-meter.ts'

/**
 * Enters the row again. What the disk has lost and `held` still has waits in memory from now on.
 * @returns the chunks that are gone
 */
export async function enterAgain(
  copy: LocalCopy,
  meter: ProgressMeter,
  held: readonly TailChunk[],
): Promise<ChunkRef[]> {
  await putRecording(copy.row)
  const stored = meter.storedChunks
  const here = await readRecording(copy.row.id)
  const lost = stored.filter(({ take, seq }) => {
    return meter.isWaiting(take, seq) && !here?.pending.get(take)?.includes(seq)
  })
  const isLost = (ref: ChunkRef) => lost.some((one) => sameChunk(one, ref))
  const rescued = held.filter(isLost)
  for (const chunk of rescued) {
    copy.addMemory(chunk)
    meter.unstored(chunk.take, chunk.seq)
  }
  return lost.filter((ref) => !rescued.some((one) => sameChunk(one, ref)))
}
