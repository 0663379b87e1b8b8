// A file system that forgets: a directory's entries survive a power cut only once the directory was synced. Paths are
// absolute; nothing is known of permissions.
import { dirname } from 'node:path'
import type { Random } from '../engine/random.ts'
import { SimulatedFile } from './file.ts'

export type Folder = { readonly entries: Map<string, Node>; synced: Map<string, Node> }
export type Node = SimulatedFile | Folder

/** What goes wrong with the disk. */
export type DiskTrouble = {
  /** Writes find no room. */
  isFull: boolean
  /** The next syncs of files fail, so many. */
  failingSyncs: number
  /** The next writes take only a part of what they are given, so many. */
  shortWrites: number
}

const TOTAL_BYTES = 2 ** 40

export const ioError = (code: string, path: string): Error =>
  Object.assign(new Error(`${code}: ${path}`), { code })

const newFolder = (): Folder => ({ entries: new Map(), synced: new Map() })
export const isFolder = (node: Node): node is Folder => !(node instanceof SimulatedFile)
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

export class FileSystem {
  readonly trouble: DiskTrouble = { isFull: false, failingSyncs: 0, shortWrites: 0 }
  /** Told of a file before it goes. */
  onRemove: (path: string) => void = () => undefined
  /** Raised by each power cut: what was under way before it never reaches the disk. */
  boots = 0
  readonly #root: Folder = newFolder()

  get space(): { bavail: number; blocks: number; bsize: number } {
    return {
      bavail: this.trouble.isFull ? 0 : TOTAL_BYTES / 4096,
      blocks: TOTAL_BYTES / 4096,
      bsize: 4096,
    }
  }

  find(path: string): Node | null {
    let node: Node = this.#root
    for (const name of path.split('/')) {
      if (name === '') continue
      const next: Node | undefined = isFolder(node) ? node.entries.get(name) : undefined
      if (!next) return null
      node = next
    }
    return node
  }

  folder(path: string): Folder {
    const node = this.find(path)
    if (!node) throw ioError('ENOENT', path)
    if (!isFolder(node)) throw ioError('ENOTDIR', path)
    return node
  }

  file(path: string): SimulatedFile {
    const node = this.find(path)
    if (!node) throw ioError('ENOENT', path)
    if (isFolder(node)) throw ioError('EISDIR', path)
    return node
  }

  create(path: string): SimulatedFile {
    const { entries } = this.folder(dirname(path))
    if (entries.has(nameOf(path))) throw ioError('EEXIST', path)
    if (this.trouble.isFull) throw ioError('ENOSPC', path)
    const file = new SimulatedFile()
    entries.set(nameOf(path), file)
    return file
  }

  makeFolder(path: string): void {
    const { entries } = this.folder(dirname(path))
    if (entries.has(nameOf(path))) throw ioError('EEXIST', path)
    entries.set(nameOf(path), newFolder())
  }

  syncFolder(folder: Folder): void {
    folder.synced = new Map(folder.entries)
  }

  rename(from: string, to: string): void {
    const node = this.find(from)
    if (!node) throw ioError('ENOENT', from)
    this.folder(dirname(to)).entries.set(nameOf(to), node)
    this.folder(dirname(from)).entries.delete(nameOf(from))
  }

  remove(path: string): void {
    const node = this.find(path)
    if (!node) return
    if (isFolder(node)) for (const name of node.entries.keys()) this.remove(`${path}/${name}`)
    else this.onRemove(path)
    this.folder(dirname(path)).entries.delete(nameOf(path))
  }

  losePower(random: Random): void {
    this.boots += 1
    loseEntries(this.#root, random)
    this.trouble.isFull = false
    this.trouble.failingSyncs = 0
    this.trouble.shortWrites = 0
  }
}

/** Of what changed since the last sync each entry alone may or may not have reached the disk. */
function loseEntries(folder: Folder, random: Random): void {
  for (const name of new Set([...folder.synced.keys(), ...folder.entries.keys()])) {
    const [before, now] = [folder.synced.get(name), folder.entries.get(name)]
    if (before === now) continue
    const left = random.chance(0.5) ? now : before
    if (left) folder.entries.set(name, left)
    else folder.entries.delete(name)
  }
  folder.synced = new Map(folder.entries)
  for (const node of folder.entries.values()) {
    if (isFolder(node)) loseEntries(node, random)
    else node.losePower(random)
  }
}
