// Owns what the uploader is told of a recording that earlier pages left behind. A chunk that was captured
// and is not here any more was acked, unless it is known to be lost: nothing else deletes chunks.
import { missingRanges, toRanges } from '@holdfast/protocol'
import type { StoredRecording } from '../buffer/local-buffer.ts'
import type { RefusedChunk } from '../buffer/rows.ts'
import type { ChunkRef } from '../session/chunk-ref.ts'
import { union } from './seq-set.ts'
import type { UploaderSetup } from './uploader-state.ts'

export function storedTakes({ takes, pending, refused }: StoredRecording): UploaderSetup['takes'] {
  return takes.flatMap(({ take, wire, chunks }) => {
    const stuck = toRanges(refused.filter((one) => one.take === take).map(({ seq }) => seq))
    const known = union(toRanges(pending.get(take) ?? []), stuck)
    const captured = Math.max(chunks, (known.at(-1)?.[1] ?? -1) + 1)
    // A take that never had a chunk is nothing to the server.
    if (captured === 0) return []
    return [{ take, wire, captured, acked: missingRanges(known, captured), stuck }]
  })
}

/** Why everything that is left here was refused for good; null while anything can still be sent. */
export function refusalOf({ pending, refused }: StoredRecording): RefusedChunk['code'] | null {
  const left = [...pending].flatMap(([take, seqs]) => seqs.map((seq) => ({ take, seq })))
  const codes = left.map(({ take, seq }) => {
    return refused.find((one) => one.take === take && one.seq === seq)?.code ?? null
  })
  return codes.includes(null) ? null : (codes[0] ?? null)
}

/** Chunks that were here before and are not any more: acked, to whoever owned the recording meanwhile. */
export function gone(before: StoredRecording, now: StoredRecording): ChunkRef[] {
  return [...before.pending].flatMap(([take, seqs]) => {
    const left = new Set(now.pending.get(take) ?? [])
    return seqs.filter((seq) => !left.has(seq)).map((seq) => ({ take, seq }))
  })
}
