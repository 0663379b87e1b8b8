// Writes a virtual file to disk: whole or not at all, and never over something that is there.
import { randomUUID } from 'node:crypto'
import { link, open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readPlan, type VirtualFile } from '@holdfast/media'
import { PartReader, type Piece } from './part-bytes.ts'

const WINDOW_BYTES = 4 * 1024 * 1024

/**
 * Writes the file at `path`, or where that is taken at `path` with a number.
 * @returns where it is
 */
export async function writeVirtualFile(
  file: VirtualFile,
  pieces: readonly Piece[],
  pathOf: (n: number) => string,
): Promise<string> {
  const temporary = join(dirname(pathOf(1)), `.${randomUUID()}.part`)
  const out = await open(temporary, 'wx')
  try {
    for await (const bytes of fileBytes(file, pieces)) await out.writeFile(bytes)
    await out.sync()
    return await linkFree(temporary, pathOf)
  } finally {
    await out.close()
    await rm(temporary, { force: true })
  }
}

async function linkFree(temporary: string, pathOf: (n: number) => string): Promise<string> {
  for (let n = 1; ; n++) {
    try {
      await link(temporary, pathOf(n))
      return pathOf(n)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

/** The bytes of the virtual file, from the pieces where they lie. */
export async function* fileBytes(
  file: VirtualFile,
  pieces: readonly Piece[],
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = new PartReader()
  const ends = endsOf(pieces)
  try {
    for (let at = 0; at < file.size; at += WINDOW_BYTES) {
      for (const planned of readPlan(file, at, at + WINDOW_BYTES)) {
        if ('literal' in planned) yield new Uint8Array(planned.literal)
        else yield* bytesBetween(reader, { pieces, ends }, planned)
      }
    }
  } finally {
    await reader.close()
  }
}

type Row = { pieces: readonly Piece[]; ends: readonly number[] }

async function* bytesBetween(
  reader: PartReader,
  { pieces, ends }: Row,
  { from, to }: { from: number; to: number },
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let n = ends.findIndex((end) => end > from); n >= 0 && n < pieces.length; n++) {
    const piece = pieces[n]
    const start = ends[n - 1] ?? 0
    if (!piece || start >= to) return
    const begin = piece.from + Math.max(0, from - start)
    const end = Math.min(piece.to, piece.from + (to - start))
    if (end > begin) yield await reader.read(piece.part, begin, end)
  }
}

/** Where each piece ends in the row of all bytes. */
function endsOf(pieces: readonly Piece[]): number[] {
  let sum = 0
  return pieces.map(({ from, to }) => {
    sum += to - from
    return sum
  })
}
