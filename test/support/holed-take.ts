// A take of which some chunks never came, as the server indexes and lays it out: each run behind a hole begins anew.
import {
  decodeChunkIndex,
  encodeChunkIndex,
  indexChunk,
  type LaidChunk,
  layoutTake,
  resumeIndex,
  startIndex,
} from '@holdfast/media'
import { type BuiltFile, readFile } from './take-pipeline.ts'

export type StoredChunk = { readonly bytes: Uint8Array; readonly aligned: boolean }

/** The file of the chunks whose numbers are not in `lost`. `init` = the container's header, known whatever is lost. */
export function buildHoled(
  init: Uint8Array,
  chunks: readonly StoredChunk[],
  lost: ReadonlySet<number>,
): BuiltFile {
  const laid: LaidChunk[] = []
  const stored: Uint8Array[] = []
  let state = startIndex(init)
  chunks.forEach(({ bytes, aligned }, seq) => {
    if (lost.has(seq)) return
    const behindHole = seq > 0 && lost.has(seq - 1)
    const firstSeq = behindHole ? seq : 0
    if (behindHole) state = resumeIndex(init, { aligned, clusterMs: null })
    const index = decodeChunkIndex(encodeChunkIndex(indexChunk(state, bytes).index, firstSeq))
    state = index.after
    laid.push({ bytes: bytes.length, index, behindHole })
    stored.push(bytes)
  })
  const file = layoutTake({ init, chunks: laid })
  return { file, bytes: readFile(file, stored) }
}
