// Stands in for `node:fs/promises` in a simulated world: the store's own code, on the process's file system. Every call
// reaches the disk a moment after it was made, even if its caller is dead by then, and is answered a moment later.
import { constants } from 'node:fs'
import { currentProcess, world } from '../engine/scheduler.ts'
import type { SimulatedFile } from './file.ts'
import { type FileSystem, type Folder, ioError, isFolder } from './file-system.ts'

function theFiles(): FileSystem {
  const { files } = currentProcess().surroundings
  if (!files) throw new Error(`${currentProcess().name} has no disk`)
  return files
}

/** @param weightMs how long the disk takes, about */
function atDisk<T>(weightMs: number, work: (files: FileSystem) => T): Promise<T> {
  const files = theFiles()
  const process = currentProcess()
  const { random } = world()
  const { boots } = files
  return new Promise((resolve, reject) => {
    const reach = () => {
      if (files.boots !== boots) return
      let answer: () => void
      try {
        const result = work(files)
        answer = () => resolve(result)
      } catch (error) {
        answer = () => reject(error)
      }
      world().after(random.between(0.02, 0.3), answer, process)
    }
    world().after(weightMs * random.between(0.5, 2), reach)
  })
}

const [QUICK_MS, SYNC_MS] = [0.1, 1.5]

class FileHandle {
  readonly #file: SimulatedFile
  readonly #path: string

  constructor(path: string, file: SimulatedFile) {
    this.#path = path
    this.#file = file
  }

  writev(parts: readonly Uint8Array[]): Promise<{ bytesWritten: number }> {
    // What is written is what the buffers held when the call was made.
    const held = parts.map((part) => part.slice())
    return atDisk(QUICK_MS, ({ trouble }) => {
      if (trouble.isFull) throw ioError('ENOSPC', this.#path)
      return { bytesWritten: this.#append(held, trouble) }
    })
  }

  #append(parts: readonly Uint8Array[], trouble: { shortWrites: number }): number {
    let left = parts.reduce((sum, part) => sum + part.length, 0)
    if (trouble.shortWrites > 0 && left > 1) {
      trouble.shortWrites -= 1
      left = world().random.whole(1, left - 1)
    }
    const written = left
    for (const part of parts) {
      const taken = part.subarray(0, left)
      this.#file.append(taken)
      left -= taken.length
    }
    return written
  }

  utimes(): Promise<void> {
    return atDisk(QUICK_MS, () => undefined)
  }

  datasync(): Promise<void> {
    return this.sync()
  }

  sync(): Promise<void> {
    return atDisk(SYNC_MS, ({ trouble }) => {
      if (trouble.failingSyncs > 0) {
        trouble.failingSyncs -= 1
        this.#file.failSync()
        throw ioError('EIO', this.#path)
      }
      this.#file.sync()
    })
  }

  read(target: Uint8Array, at: number, length: number, position: number) {
    return atDisk(QUICK_MS, () => {
      const found = this.#file.read(position, length)
      target.set(found, at)
      return { bytesRead: found.length }
    })
  }

  close(): Promise<void> {
    return atDisk(QUICK_MS, () => undefined)
  }
}

class FolderHandle {
  readonly #folder: Folder

  constructor(folder: Folder) {
    this.#folder = folder
  }

  sync(): Promise<void> {
    return atDisk(SYNC_MS, (files) => files.syncFolder(this.#folder))
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

export function open(path: string, flags: number): Promise<FileHandle | FolderHandle> {
  return atDisk(QUICK_MS, (files) => {
    if (flags & constants.O_CREAT) return new FileHandle(path, files.create(path))
    const node = files.find(path)
    if (!node) throw ioError('ENOENT', path)
    return isFolder(node) ? new FolderHandle(node) : new FileHandle(path, node)
  })
}

export function mkdir(path: string): Promise<void> {
  return atDisk(QUICK_MS, (files) => files.makeFolder(path))
}

export function rename(from: string, to: string): Promise<void> {
  return atDisk(QUICK_MS, (files) => files.rename(from, to))
}

export function rm(path: string): Promise<void> {
  return atDisk(QUICK_MS, (files) => files.remove(path))
}

export function statfs(): Promise<FileSystem['space']> {
  return atDisk(QUICK_MS, (files) => files.space)
}

export function readdir(path: string): Promise<string[]> {
  return atDisk(QUICK_MS, (files) => [...files.folder(path).entries.keys()])
}

export function stat(path: string): Promise<{ size: number }> {
  return atDisk(QUICK_MS, (files) => ({ size: files.file(path).length }))
}
