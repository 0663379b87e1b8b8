// The bytes that are there to be compared with a receipt: the segments of a data folder, or files with one chunk each, which
// may have any name. Nothing is opened for writing, and a server may run on the same folder.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { type ReceiptEntry, toHex } from '@holdfast/protocol'
import { nodeDisk } from '../../../server/store/disk.ts'
import { SegmentFiles } from '../../../server/store/segment-files.ts'
import { scanSegment } from '../../../server/store/segment-reader.ts'
import { placeOf } from './entry-check.ts'

export type ReceivedEntry = Extract<ReceiptEntry, { what: 'received' }>

export interface BytesAtHand {
  /** What is wrong with the bytes of this chunk; null when they are right, or not meant to be here. */
  compare(entry: ReceivedEntry): string | null
  /** When all were compared: what is wrong with what is left. */
  rest(): string[]
  /** How many chunks were compared. */
  readonly compared: number
}

export class SegmentBytes implements BytesAtHand {
  compared = 0
  readonly #folder: string
  /** `take/seq` → the digests of the copies that are whole. */
  readonly #whole: ReadonlyMap<string, readonly string[]>

  private constructor(folder: string, whole: Map<string, string[]>) {
    this.#folder = folder
    this.#whole = whole
  }

  /** @param folder a data folder, a store, or the folder of the recording itself */
  static async read(folder: string, recordingId: string): Promise<SegmentBytes> {
    const whole = new Map<string, string[]>()
    const found = await findRecording(folder, recordingId)
    const files = new SegmentFiles(found?.root ?? '', nodeDisk)
    for (const { segment, bytes, isConflict } of found ? await files.list(recordingId) : []) {
      if (isConflict) continue
      const pieces = files.stream(recordingId, { segment, offset: 0 }, bytes)
      for await (const entry of scanSegment(pieces, bytes)) {
        if (entry.kind !== 'chunk') continue
        const { take, seq, sha256 } = entry.chunk
        const key = `${take}/${seq}`
        whole.set(key, [...(whole.get(key) ?? []), toHex(sha256)])
      }
    }
    return new SegmentBytes(folder, whole)
  }

  compare(entry: ReceivedEntry): string | null {
    this.compared += 1
    const here = this.#whole.get(`${entry.take}/${entry.seq}`) ?? []
    if (here.includes(entry.sha256)) return null
    if (here.length > 0) return `${placeOf(entry)}: other bytes are in ${this.#folder}`
    return `${placeOf(entry)}: its bytes are not in ${this.#folder}, or not whole`
  }

  rest(): string[] {
    return []
  }
}

/** As `recording-folder.ts` lays them out: <root>/<last two of the id>/<id>. */
async function findRecording(folder: string, id: string): Promise<{ root: string } | null> {
  const path = resolve(folder)
  const roots = [join(path, 'store'), path]
  if (basename(path) === id) roots.push(dirname(dirname(path)))
  for (const root of roots) {
    if (await isFolder(join(root, id.slice(-2), id))) return { root }
  }
  return null
}

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null))?.isDirectory() ?? false

export class ChunkFiles implements BytesAtHand {
  compared = 0
  /** Digest → the files that have it. */
  readonly #files: Map<string, string[]>
  readonly #known = new Set<string>()

  private constructor(files: Map<string, string[]>) {
    this.#files = files
  }

  /** @param paths files, and folders of files */
  static async read(paths: readonly string[]): Promise<ChunkFiles> {
    const files = new Map<string, string[]>()
    for (const path of (await Promise.all(paths.map(filesOf))).flat()) {
      const hash = createHash('sha256')
      for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array)
      const digest = hash.digest('hex')
      files.set(digest, [...(files.get(digest) ?? []), path])
    }
    return new ChunkFiles(files)
  }

  compare({ sha256 }: ReceivedEntry): string | null {
    if (!this.#files.has(sha256)) return null
    this.#known.add(sha256)
    this.compared += 1
    return null
  }

  rest(): string[] {
    const unknown = [...this.#files].filter(([digest]) => !this.#known.has(digest))
    return unknown.flatMap(([, paths]) => paths.map((path) => `${path}: no chunk of the receipt`))
  }
}

async function filesOf(path: string): Promise<string[]> {
  if (!(await isFolder(path))) return [path]
  const entries = await readdir(path, { withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => join(path, name))
}
