// Whole copies of chunks, wherever they lie in a recording's folder: in segments that an object replaced, sent twice, never
// in the ledger. What is found is copied into a new, synced segment before anything points to it (R10).
import { chunkFrame, toHex } from '@holdfast/protocol'
import type { ChunkStore, StoredAt } from '../store/chunk-store.ts'
import { scanSegment } from '../store/segment-reader.ts'

type Wanted = { readonly take: number; readonly seq: number; readonly sha256: Uint8Array }

/**
 * Looks through every segment for `wanted`; resolves with the new places of those that were found.
 * @throws HoldfastError `unavailable` when the store takes nothing now; `signal.reason`
 */
export async function copyFound<T extends Wanted>(
  store: ChunkStore,
  recordingId: string,
  wanted: readonly T[],
  signal: AbortSignal,
): Promise<Map<T, StoredAt>> {
  const sought = new Map(wanted.map((chunk) => [keyOf(chunk), chunk]))
  const found = new Map<T, StoredAt>()
  for (const { segment, bytes } of await store.segments(recordingId)) {
    if (sought.size === 0) break
    const pieces = store.stream(recordingId, { segment, offset: 0 }, bytes)
    for await (const entry of scanSegment(pieces, bytes)) {
      signal.throwIfAborted()
      if (entry.kind !== 'chunk') continue
      const key = keyOf(entry.chunk)
      const chunk = sought.get(key)
      if (!chunk) continue
      sought.delete(key)
      found.set(chunk, await store.append(recordingId, chunkFrame(entry.chunk)))
    }
  }
  return found
}

const keyOf = ({ take, seq, sha256 }: Wanted): string => `${take}/${seq}/${toHex(sha256)}`
