// From pieces to a file that plays: the same index and layout as the server's, over files of strangers.
import {
  indexChunk,
  type LaidChunk,
  layoutTake,
  resumeIndex,
  startIndex,
  type VirtualFile,
} from '@holdfast/media'
import { MAX_PIECE_BYTES, type PartReader, type Piece } from './part-bytes.ts'
import type { Part } from './part-sets.ts'

/** Parts in order; `holes` = those with something missing in front of them. */
export type Take = { readonly parts: readonly Part[]; readonly holes: ReadonlySet<Part> }

const NO_HINTS = { aligned: false, clusterMs: null }

export type Rebuilt = {
  readonly file: VirtualFile
  readonly pieces: readonly Piece[]
  /** The container's header as recorded; null = it was in none of the files. */
  readonly header: Uint8Array | null
}

/** @param header of the container, from another file, for a take whose own beginning is lost; else null */
export async function rebuildTake(
  reader: PartReader,
  take: Take,
  header: Uint8Array | null,
): Promise<Rebuilt> {
  const chunks: LaidChunk[] = []
  const pieces: Piece[] = []
  let known = header
  let state = header ? resumeIndex(header, NO_HINTS) : startIndex(null)
  for (const part of take.parts) {
    for await (const { piece, bytes } of piecesOf(reader, part, take.holes.has(part))) {
      if (piece.behindHole) state = resumeIndex(known, NO_HINTS)
      const { index } = indexChunk(state, bytes)
      known ??= index.header
      state = index.after
      pieces.push(piece)
      chunks.push({ bytes: bytes.length, index, behindHole: piece.behindHole })
    }
  }
  return { file: layoutTake({ init: header, chunks }), pieces, header: known }
}

async function* piecesOf(
  reader: PartReader,
  part: Part,
  isBehindHole: boolean,
): AsyncGenerator<{ piece: Piece; bytes: Uint8Array }> {
  for (let from = 0; from < part.bytes; from += MAX_PIECE_BYTES) {
    const to = Math.min(part.bytes, from + MAX_PIECE_BYTES)
    const piece = { part, from, to, behindHole: isBehindHole && from === 0 }
    yield { piece, bytes: await reader.read(part, from, to) }
  }
}
