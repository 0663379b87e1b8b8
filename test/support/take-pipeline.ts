// What client and server do with a take's bytes, in memory and without the rest of the system: align, index through
// the ledger's bytes, lay out, read back.
import {
  type AlignedChunk,
  type ChunkIndex,
  createAligner,
  decodeChunkIndex,
  encodeChunkIndex,
  indexChunk,
  layoutTake,
  layoutWebmAsMp4,
  planWebmAsMp4,
  readPlan,
  startIndex,
  type VirtualFile,
} from '@holdfast/media'

export type AlignedTake = { readonly init: Uint8Array | null; readonly chunks: AlignedChunk[] }

/** As the browser does it. */
export function alignSlices(slices: readonly Uint8Array[], maxBytes?: number): AlignedTake {
  const aligner = createAligner(maxBytes === undefined ? {} : { maxBytes })
  const outputs = [...slices.map((slice) => aligner.push(slice)), aligner.flush()]
  const inits = outputs.flatMap((output) => (output.init === undefined ? [] : [output.init]))
  if (inits.length !== 1) throw new Error(`init was said ${inits.length} times`)
  return { init: inits[0] ?? null, chunks: outputs.flatMap((output) => output.chunks) }
}

/** As the server does it: each index goes through its stored form, and the next one starts from that alone. */
export function indexChunks(
  init: Uint8Array | null,
  chunks: readonly Uint8Array[],
): { bytes: number; index: ChunkIndex }[] {
  let state = startIndex(init)
  return chunks.map((bytes) => {
    const index = decodeChunkIndex(encodeChunkIndex(indexChunk(state, bytes).index))
    state = index.after
    return { bytes: bytes.length, index }
  })
}

export type BuiltFile = { readonly file: VirtualFile; readonly bytes: Uint8Array }

/** The virtual file and all its bytes. */
export function buildFile(init: Uint8Array | null, chunks: readonly Uint8Array[]): BuiltFile {
  const file = layoutTake({ init, chunks: indexChunks(init, chunks) })
  return { file, bytes: readFile(file, chunks) }
}

/** The same take as MP4 and all its bytes; null where its codecs have no place there. */
export function buildAsMp4(
  init: Uint8Array | null,
  chunks: readonly Uint8Array[],
): BuiltFile | null {
  const plan = planWebmAsMp4({ init, chunks: indexChunks(init, chunks) })
  const take = new Uint8Array(Buffer.concat(chunks))
  const starts = plan?.starts.map(({ from, to }) => take.subarray(from, to)) ?? []
  const file = plan && layoutWebmAsMp4(plan, starts)
  return file && { file, bytes: readFile(file, chunks) }
}

/** Bytes [from, to) of a virtual file over these chunks. */
export function readFile(
  file: VirtualFile,
  chunks: readonly Uint8Array[],
  [from, to] = [0, file.size],
): Uint8Array {
  const take = Buffer.concat(chunks)
  const pieces = readPlan(file, from, to).map((piece) =>
    'literal' in piece ? piece.literal : take.subarray(piece.from, piece.to),
  )
  return new Uint8Array(Buffer.concat(pieces))
}

/** The same bytes, cut at these places. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const bounds = [0, ...[...places].sort((a, b) => a - b), bytes.length]
  return bounds.slice(1).map((to, i) => bytes.subarray(bounds[i], to))
}
