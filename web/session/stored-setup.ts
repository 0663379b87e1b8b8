// Owns what the uploader is told of a recording that earlier pages left behind. A chunk that was captured
// and is not here any more was acked: nothing else deletes chunks.
import { missingRanges, toRanges } from '@holdfast/protocol'
import type { StoredRecording } from '../buffer/local-buffer.ts'
import type { UploaderSetup } from './uploader-state.ts'

export function storedTakes({ takes, pending }: StoredRecording): UploaderSetup['takes'] {
  return takes.flatMap(({ take, wire, chunks }) => {
    const here = toRanges(pending.get(take) ?? [])
    const captured = Math.max(chunks, (here.at(-1)?.[1] ?? -1) + 1)
    // A take that never had a chunk is nothing to the server.
    if (captured === 0) return []
    return [{ take, wire, captured, acked: missingRanges(here, captured) }]
  })
}
