// What client and server do with a take's bytes, in memory and without the rest of the system: align, index through
// the ledger's bytes, lay out, read back.
import {
  type AlignedChunk,
  type ChunkIndex,
  createAligner,
  decodeChunkIndex,
  encodeChunkIndex,
  indexChunk,
  type JoinedFile,
  joinTakes,
  layoutTake,
  layoutWebmAsMp4,
  openMp4Boundaries,
  type Pauses,
  patchBytes,
  planWebmAsMp4,
  readPlan,
  startIndex,
  type VirtualFile,
} from '@holdfast/media'

export type AlignedTake = { readonly init: Uint8Array | null; readonly chunks: AlignedChunk[] }

/** As the browser does it. */
export function alignSlices(slices: readonly Uint8Array[], maxBytes?: number): AlignedTake {
  const openMp4 = openMp4Boundaries
  const aligner = createAligner(maxBytes === undefined ? { openMp4 } : { maxBytes, openMp4 })
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

/** A take as a recorder gave it, and when it began. */
export type GivenTake = { readonly slices: readonly Uint8Array[]; readonly startedAtMs: number }

/** One file of several takes and all its bytes; null where no two of them go together. */
export function buildJoined(
  takes: readonly GivenTake[],
  pauses: Pauses = 'closed',
): (JoinedFile & { readonly bytes: Uint8Array }) | null {
  const aligned = takes.map(({ slices }) => {
    const { init, chunks } = alignSlices(slices)
    return { init, chunks: chunks.map((chunk) => chunk.bytes) }
  })
  const joined = joinTakes(
    aligned.map(({ init, chunks }, n) => ({
      input: { init, chunks: indexChunks(init, chunks) },
      startedAtMs: takes[n]?.startedAtMs ?? 0,
    })),
    pauses,
  )
  const stored = joined?.takes.flatMap(({ index }) => aligned[index]?.chunks ?? [])
  return joined && { ...joined, bytes: readFile(joined.file, stored ?? []) }
}

/** Bytes [from, to) of a virtual file over these chunks. */
export function readFile(
  file: VirtualFile,
  chunks: readonly Uint8Array[],
  [from, to] = [0, file.size],
): Uint8Array {
  const take = Buffer.concat(chunks)
  const pieces = readPlan(file, from, to).map((piece) =>
    'literal' in piece
      ? piece.literal
      : patchBytes(file.patches, piece.from, take.subarray(piece.from, piece.to)),
  )
  return new Uint8Array(Buffer.concat(pieces))
}

/** The same bytes, cut at these places. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const bounds = [0, ...[...places].sort((a, b) => a - b), bytes.length]
  return bounds.slice(1).map((to, i) => bytes.subarray(bounds[i], to))
}
