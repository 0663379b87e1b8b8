// What may lie in a bucket beside segments: what jobs made, trials of the store, notes beside objects that are gone, and
// uploads that nobody will complete. Finds and removes them; who is dead is decided by whoever asks.
import { HoldfastError } from '@holdfast/protocol'
import { type Leftover, type Leftovers, ownerOf } from '../leftover-files.ts'
import { isSegmentKey, segmentKey } from '../recording-folder.ts'
import type { S3Client } from './s3-client.ts'
import { abortUpload, deleteObject, listObjects, listUploads } from './s3-list.ts'
import { S3Recordings } from './s3-recordings.ts'

/** `probe-<incarnation>`, or that of a start, with a letter. */
const PROBE = /^probe-([A-Za-z0-9-]+?)(?:-[a-z])?$/

type Place = { readonly key: string; readonly uploadId: string | null }

export class S3Leftovers implements Leftovers {
  readonly #client: S3Client
  readonly #prefix: string
  readonly #recordings: S3Recordings
  /** Where what was found lies. */
  readonly #places = new WeakMap<Leftover, Place>()

  constructor(client: S3Client, prefix: string) {
    this.#client = client
    this.#prefix = prefix
    this.#recordings = new S3Recordings(client, prefix)
  }

  async *find(): AsyncGenerator<Leftover, void, undefined> {
    try {
      yield* this.#probes()
      for await (const id of this.#recordings.ids()) yield* this.#ofRecording(id)
    } catch (cause) {
      throw new HoldfastError('store_failed', { cause })
    }
  }

  async remove(leftover: Leftover): Promise<void> {
    const place = this.#places.get(leftover)
    if (!place) return
    const { key, uploadId } = place
    try {
      if (uploadId === null) await deleteObject(this.#client, key)
      else await abortUpload(this.#client, { key, uploadId })
    } catch (cause) {
      throw new HoldfastError('store_failed', { cause })
    }
  }

  async *#probes(): AsyncGenerator<Leftover, void, undefined> {
    for await (const { key, bytes } of listObjects(this.#client, `${this.#prefix}probe-`)) {
      const name = key.slice(this.#prefix.length)
      const incarnation = PROBE.exec(name)?.[1]
      if (incarnation === undefined) continue
      const owner = { by: 'segment', key: segmentKey(incarnation, 0) } as const
      yield this.#found({ recordingId: null, name, bytes, owner }, { key, uploadId: null })
    }
  }

  async *#ofRecording(recordingId: string): AsyncGenerator<Leftover, void, undefined> {
    const folder = this.#recordings.folderOf(recordingId)
    const listed = await Array.fromAsync(listObjects(this.#client, folder))
    const names = new Set(listed.map(({ key }) => key.slice(folder.length)))
    for (const { key, bytes } of listed) {
      const name = key.slice(folder.length)
      const owner = ownerOf(name, names)
      if (owner) yield this.#found({ recordingId, name, bytes, owner }, { key, uploadId: null })
    }
    for (const upload of await listUploads(this.#client, folder)) {
      const name = upload.key.slice(folder.length)
      const owner = isSegmentKey(name)
        ? ({ by: 'segment', key: name } as const)
        : ownerOf(name, names)
      // Not under that name: a job's file that is there is no upload.
      const unfinished = { recordingId, name: `${name} (unfinished)`, bytes: 0 }
      if (owner) yield this.#found({ ...unfinished, owner }, upload)
    }
  }

  #found(leftover: Leftover, place: Place): Leftover {
    this.#places.set(leftover, place)
    return leftover
  }
}
