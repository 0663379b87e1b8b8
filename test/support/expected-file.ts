// The file that a server must serve for the chunks of one take, laid out here from the same bytes.
import {
  type ChunkIndex,
  indexChunk,
  layoutTake,
  readPlan,
  startIndex,
  type VirtualFile,
} from '@holdfast/media'

/** The file that the media package lays out from these slices. */
export function expectedFile(slices: readonly Uint8Array[]): {
  file: VirtualFile
  bytes: Uint8Array
} {
  const chunks: { bytes: number; index: ChunkIndex }[] = []
  let state = startIndex(null)
  for (const slice of slices) {
    const { index } = indexChunk(state, slice)
    chunks.push({ bytes: slice.length, index })
    state = index.after
  }
  const file = layoutTake({ init: null, chunks })
  const joined = Buffer.concat(slices)
  const pieces = readPlan(file, 0, file.size).map((piece) =>
    'literal' in piece ? piece.literal : joined.subarray(piece.from, piece.to),
  )
  return { file, bytes: new Uint8Array(Buffer.concat(pieces)) }
}
