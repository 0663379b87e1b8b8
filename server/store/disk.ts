// The few calls that durability stands on, so that tests can make each of them fail. No policy here: what
// an error means is decided by the callers.
import { constants } from 'node:fs'
import { mkdir, open, rename, rm, statfs } from 'node:fs/promises'

/** A new file that only ever grows at its end. */
export interface AppendFile {
  /** Resolves with the number of bytes written, which may be fewer than given. */
  writev(parts: Uint8Array[]): Promise<number>
  /** fdatasync: the bytes and the size they need survive a power cut. */
  datasync(): Promise<void>
  /** fsync. */
  sync(): Promise<void>
  close(): Promise<void>
}

export interface Disk {
  /** Fails when the path exists: a segment is never opened for appending twice (R10). */
  create(path: string): Promise<AppendFile>
  /** One level; resolves when it is there already. */
  makeDirectory(path: string): Promise<void>
  /** fsync of a directory: its entries survive a power cut. */
  syncDirectory(path: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** Removes one file; resolves when it is not there. */
  remove(path: string): Promise<void>
  space(path: string): Promise<{ freeBytes: number; totalBytes: number }>
}

const CREATE = constants.O_CREAT | constants.O_EXCL | constants.O_APPEND | constants.O_WRONLY
// Recordings are nobody's business but the server's.
const FILE_MODE = 0o600
const DIRECTORY_MODE = 0o700

export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined

export const nodeDisk: Disk = {
  async create(path) {
    const handle = await open(path, CREATE, FILE_MODE)
    return {
      writev: async (parts) => (await handle.writev(parts)).bytesWritten,
      datasync: () => handle.datasync(),
      sync: () => handle.sync(),
      close: () => handle.close(),
    }
  },

  async makeDirectory(path) {
    try {
      await mkdir(path, { mode: DIRECTORY_MODE })
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error
    }
  },

  async syncDirectory(path) {
    const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY)
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },

  rename,

  remove: (path) => rm(path, { force: true }),

  async space(path) {
    const { bavail, blocks, bsize } = await statfs(path)
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
  },
}
