// Files that jobs make, in the bucket beside the recording's segments, so that every instance serves them. They are made in
// a folder on the local disk, since that is where ffmpeg writes, and uploaded when they are whole.
import { createReadStream } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { HoldfastError } from '@holdfast/protocol'
import { nodeDisk } from '../disk.ts'
import { DiskReserve } from '../disk-reserve.ts'
import {
  type Attempt,
  checkMadeName,
  jobOf,
  type KeptFile,
  type MadeFiles,
  madeName,
  partName,
} from '../made-files.ts'
import { folderPath } from '../recording-folder.ts'
import type { S3Client } from './s3-client.ts'
import { isStatus } from './s3-error.ts'
import { deleteObject, listObjects } from './s3-list.ts'
import { S3Reader } from './s3-reader.ts'
import { uploadPieces } from './s3-upload.ts'

const READ_BYTES = 1024 * 1024
/** Longer than any job may run (HOLDFAST_JOB_TIME_MS): what is older a killed process left. */
const LEFTOVER_MS = 8 * 86_400_000

type S3MadeFilesOptions = {
  client: S3Client
  prefix: string
  /** A local folder of this server's own. */
  workDir: string
}

export class S3MadeFiles implements MadeFiles {
  readonly #client: S3Client
  readonly #reader: S3Reader
  readonly #prefix: string
  readonly #workDir: string
  readonly #reserve: DiskReserve

  private constructor({ client, prefix, workDir }: S3MadeFilesOptions) {
    this.#client = client
    this.#reader = new S3Reader(client)
    this.#prefix = prefix
    this.#workDir = workDir
    const now = () => performance.now()
    this.#reserve = new DiskReserve({ path: workDir, disk: nodeDisk, now })
  }

  /** Makes the work folder, and removes from it what killed processes left. */
  static async open(options: S3MadeFilesOptions): Promise<S3MadeFiles> {
    const { workDir } = options
    await mkdir(workDir, { recursive: true, mode: 0o700 })
    for (const name of await readdir(workDir)) {
      const { mtimeMs } = await stat(join(workDir, name))
      if (Date.now() - mtimeMs > LEFTOVER_MS) await remove(join(workDir, name))
    }
    return new S3MadeFiles(options)
  }

  isDiskLow(): Promise<boolean> {
    return this.#reserve.isLow()
  }

  async begin(attempt: Attempt, except: readonly string[] = []): Promise<string> {
    await this.forget(attempt, except)
    await this.#requireRecording(attempt.recordingId)
    const folder = this.#making(attempt)
    await this.#orFail(() => mkdir(folder, { mode: 0o700 }))
    return folder
  }

  async keep(attempt: Attempt, file: string): Promise<KeptFile> {
    const kept = await this.#keepAs(madeName(attempt, file), attempt, file)
    await this.end(attempt)
    return kept
  }

  async keepPart(attempt: Attempt, file: string): Promise<KeptFile> {
    const kept = await this.#keepAs(partName(attempt, file), attempt, file)
    await remove(join(this.#making(attempt), file))
    return kept
  }

  async #keepAs(name: string, attempt: Attempt, file: string): Promise<KeptFile> {
    const path = join(this.#making(attempt), file)
    const { size: aboutBytes } = await stat(path)
    const key = this.#key(attempt.recordingId, name)
    const check = () => undefined
    const pieces = createReadStream(path, { highWaterMark: READ_BYTES })
    const bytes = await this.#orFail(() =>
      uploadPieces({ client: this.#client, key, aboutBytes, check }, pieces),
    )
    return { name, bytes }
  }

  async end(attempt: Attempt): Promise<void> {
    await remove(this.#making(attempt))
  }

  async forget(
    { recordingId, id }: Omit<Attempt, 'epoch'>,
    except: readonly string[] = [],
  ): Promise<void> {
    const folder = this.#folder(recordingId)
    await this.#orFail(async () => {
      for (const begin of ['made', 'kept']) {
        for await (const { key } of listObjects(this.#client, `${folder}${begin}-${id}-`)) {
          const name = key.slice(folder.length)
          if (jobOf(name) === id && !except.includes(name)) await deleteObject(this.#client, key)
        }
      }
      const ours = `${recordingId}-${id}-`
      const left = (await readdir(this.#workDir)).filter((name) => name.startsWith(ours))
      for (const name of left) await remove(join(this.#workDir, name))
    })
  }

  async drop(recordingId: string, name: string): Promise<void> {
    await this.#orFail(() => deleteObject(this.#client, this.#key(recordingId, name)))
  }

  async size(recordingId: string, name: string): Promise<number | null> {
    const key = this.#key(recordingId, name)
    try {
      const { headers } = await this.#client.send({ method: 'HEAD', key })
      return Number(headers.get('content-length'))
    } catch (cause) {
      if (isStatus(cause, 404)) return null
      throw new HoldfastError('store_failed', { cause })
    }
  }

  stream(
    recordingId: string,
    name: string,
    { from, to }: { from: number; to: number },
  ): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const key = this.#key(recordingId, name)
    return this.#reader.stream([{ key, offset: from, bytes: to - from }])
  }

  async #requireRecording(recordingId: string): Promise<void> {
    const found = await this.#orFail(() =>
      Array.fromAsync(listObjects(this.#client, this.#folder(recordingId), 1)),
    )
    if (found.length === 0) throw new HoldfastError('recording_deleted')
  }

  async #orFail<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (cause) {
      throw new HoldfastError('store_failed', { cause })
    }
  }

  #folder(recordingId: string): string {
    return `${folderPath(this.#prefix, recordingId)}/`
  }

  #key(recordingId: string, name: string): string {
    return this.#folder(recordingId) + checkMadeName(name)
  }

  #making({ recordingId, id, epoch }: Attempt): string {
    return join(this.#workDir, `${recordingId}-${id}-${epoch}`)
  }
}

const remove = (path: string): Promise<void> => rm(path, { recursive: true, force: true })
