// The bytes of a set's files as one row of bytes, read piece by piece: a broken file may be larger than memory.
import { type FileHandle, open } from 'node:fs/promises'
import type { Part } from './part-sets.ts'

/** Bytes [from, to) of a file, and where they lie in the row. */
export type Piece = {
  readonly part: Part
  readonly from: number
  readonly to: number
  /** Files are missing in front of it. */
  readonly behindHole: boolean
}

export const MAX_PIECE_BYTES = 4 * 1024 * 1024

export class PartReader {
  #open: { path: string; file: FileHandle } | null = null

  async read({ path }: Part, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#open?.path !== path) {
      await this.close()
      this.#open = { path, file: await open(path, 'r') }
    }
    const bytes = new Uint8Array(to - from)
    const { bytesRead } = await this.#open.file.read(bytes, 0, bytes.length, from)
    if (bytesRead < bytes.length) throw new Error(`${path} became shorter while it was read`)
    return bytes
  }

  async close(): Promise<void> {
    await this.#open?.file.close()
    this.#open = null
  }
}
