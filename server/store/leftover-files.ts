// What may lie beside segments: files and folders that somebody made on the way to something else. Finds and removes them; who
// is dead is decided by whoever asks.
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { HoldfastError, isRecordingId } from '@holdfast/protocol'
import { errorCode } from './disk.ts'
import { folderPath, isSegmentKey, isShard, QUARANTINE_SUFFIX } from './recording-folder.ts'

export type Leftover = {
  /** null: of the store as a whole. */
  readonly recordingId: string | null
  readonly name: string
  readonly bytes: number
  readonly owner: /** The process that this key names. */
    | { readonly by: 'segment'; readonly key: string }
    /** An attempt at a job, or what it made, or a part of it. */
    | { readonly by: 'job'; readonly id: number; readonly epoch: number }
    /** What it belonged to is gone. */
    | { readonly by: 'nobody' }
}

export interface Leftovers {
  /** Everything that is no segment and no note beside one. @throws HoldfastError `store_failed` */
  find(): AsyncGenerator<Leftover, void, undefined>
  /** Idempotent. @throws HoldfastError `store_failed` */
  remove(leftover: Leftover): Promise<void>
}

const PART = /^(.+\.seg)\.part$/
const PROBE = /^\.probe-(.+\.seg)$/
const OF_JOB =
  /^(?:made|making|kept)-(\d{1,15})-(\d{1,15})(?:-[a-z0-9-]{1,40})?(?:\.[a-z0-9]{1,8})?$/

export class LeftoverFiles implements Leftovers {
  readonly #root: string

  /** @param root the folder of all recordings */
  constructor(root: string) {
    this.#root = root
  }

  async *find(): AsyncGenerator<Leftover, void, undefined> {
    for (const name of await namesIn(this.#root)) {
      const key = PROBE.exec(name)?.[1]
      if (key) yield* this.#seen({ recordingId: null, name, owner: { by: 'segment', key } })
      if (!isShard(name)) continue
      for (const id of await namesIn(join(this.#root, name))) {
        if (isRecordingId(id)) yield* this.#ofRecording(id)
      }
    }
  }

  async remove({ recordingId, name }: Leftover): Promise<void> {
    try {
      await rm(this.#path(recordingId, name), { recursive: true, force: true })
    } catch (cause) {
      throw new HoldfastError('store_failed', { cause })
    }
  }

  async *#ofRecording(recordingId: string): AsyncGenerator<Leftover, void, undefined> {
    const names = await namesIn(folderPath(this.#root, recordingId))
    const known = new Set(names)
    for (const name of names) {
      const owner = ownerOf(name, known)
      if (owner) yield* this.#seen({ recordingId, name, owner })
    }
  }

  async *#seen(leftover: Omit<Leftover, 'bytes'>): AsyncGenerator<Leftover, void, undefined> {
    try {
      const { size } = await stat(this.#path(leftover.recordingId, leftover.name))
      yield { ...leftover, bytes: size }
    } catch (cause) {
      // It is gone: somebody was at it.
      if (errorCode(cause) !== 'ENOENT') throw new HoldfastError('store_failed', { cause })
    }
  }

  #path(recordingId: string | null, name: string): string {
    return join(recordingId === null ? this.#root : folderPath(this.#root, recordingId), name)
  }
}

export function ownerOf(name: string, beside: ReadonlySet<string>): Leftover['owner'] | null {
  const key = PART.exec(name)?.[1]
  if (key) return { by: 'segment', key }
  const [, id, epoch] = OF_JOB.exec(name) ?? []
  if (id && epoch) return { by: 'job', id: Number(id), epoch: Number(epoch) }
  const marked = name.endsWith(QUARANTINE_SUFFIX) && name.slice(0, -QUARANTINE_SUFFIX.length)
  return marked && isSegmentKey(marked) && !beside.has(marked) ? { by: 'nobody' } : null
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT' || errorCode(cause) === 'ENOTDIR') return []
    throw new HoldfastError('store_failed', { cause })
  }
}
