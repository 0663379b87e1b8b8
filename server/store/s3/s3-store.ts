// Media bytes in an S3 bucket, under the same names as on a disk. What arrives for a recording while a PUT is under way
// becomes the next object: each is written once, whole, by this process alone (R12), and so never grows or tears.
import { type Chunk, chunkFrame, type Frame, HoldfastError } from '@holdfast/protocol'
import type {
  ChunkStore,
  Extent,
  SegmentInfo,
  StoredAt,
  StoreFailure,
  StoreHealth,
} from '../chunk-store.ts'
import { conflictKey } from '../conflict-copies.ts'
import { FrameIntake } from '../frame-intake.ts'
import { storedBytes, streamHead } from '../frame-place.ts'
import { checkIncarnation, objectKey, segmentKey } from '../recording-folder.ts'
import { recordFrame, type StoreRecord } from '../store-record.ts'
import { WriteHealth } from '../write-health.ts'
import { WriteProbe } from '../write-probe.ts'
import type { S3Client } from './s3-client.ts'
import { S3Error } from './s3-error.ts'
import { deleteObject } from './s3-list.ts'
import { putAnyway, putNew } from './s3-put.ts'
import { S3Reader } from './s3-reader.ts'
import { S3Recordings } from './s3-recordings.ts'
import { uploadPieces } from './s3-upload.ts'

export type S3StoreOptions = {
  client: S3Client
  /** In front of every key: empty, or with a slash at its end. */
  prefix: string
  /** Unique to this run of this process: its keys are used by nobody else. */
  incarnation: string
  /** Told of each write that failed for good, for the log. */
  onFailure?: (failure: StoreFailure) => void
  /** Bytes that may wait over all recordings; the bodies of the PUTs hold as much again. @default 256 MiB */
  maxQueuedBytes?: number
  /** PUTs at once. @default 64 */
  maxFlushes?: number
  /** Of an object that is uploaded in parts; at least 5 MiB. */
  partBytes?: number
  /** Milliseconds of a clock that never goes back. */
  now?: () => number
}

/** In the order in which they are written, also for a list by name. */
const NUMBER_DIGITS = 12
/** Tried for one write: that a key is taken must never happen once. */
const KEYS = 2
const PROBE_MS = 5000

export class S3Store implements ChunkStore {
  readonly #options: S3StoreOptions
  readonly #client: S3Client
  readonly #recordings: S3Recordings
  readonly #reader: S3Reader
  readonly #intake: FrameIntake
  readonly #health = new WriteHealth()
  readonly #probe: WriteProbe
  #keysUsed = 0

  constructor(options: S3StoreOptions) {
    checkIncarnation(options.incarnation)
    this.#options = options
    this.#client = options.client
    this.#recordings = new S3Recordings(options.client, options.prefix)
    this.#reader = new S3Reader(options.client)
    this.#probe = new WriteProbe(this.#health, options.now ?? (() => performance.now()))
    const { maxQueuedBytes, maxFlushes } = options
    const write = (id: string, parts: Uint8Array[]) => this.#putSegment(id, parts)
    this.#intake = new FrameIntake({ maxQueuedBytes, maxFlushes, write })
  }

  async append(recordingId: string, frame: Frame): Promise<StoredAt> {
    return await this.#intake.append(recordingId, frame)
  }

  async appendRecord(recordingId: string, record: StoreRecord): Promise<void> {
    await this.append(recordingId, recordFrame(record))
  }

  async read(recordingId: string, at: StoredAt, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
    const { offset, segment } = at
    return await this.#reader.read({ key: this.#keyOf(recordingId, segment), offset, bytes })
  }

  stream(
    recordingId: string,
    { offset, segment }: StoredAt,
    bytes: number,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    const keyOf = () => this.#keyOf(recordingId, segment)
    function* wanted() {
      yield { key: keyOf(), offset, bytes }
    }
    return this.#reader.stream(wanted())
  }

  readExtents(
    recordingId: string,
    extents: Iterable<Extent>,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    const keyOf = (segment: string) => this.#keyOf(recordingId, segment)
    function* wanted() {
      for (const { segment, offset, bytes } of extents) yield { key: keyOf(segment), offset, bytes }
    }
    return this.#reader.readEach(wanted())
  }

  async keepConflict(recordingId: string, chunk: Chunk): Promise<string> {
    const segment = conflictKey(chunk)
    const frame = chunkFrame(chunk)
    const body = Buffer.concat([streamHead(frame), frame.payload])
    await this.#intake.hold(storedBytes(frame), async () => {
      this.#intake.requireOpen(recordingId)
      const key = this.#keyOf(recordingId, segment)
      // The key names the bytes: whoever wrote it before wrote the same.
      const write = () => this.#health.watch(() => putAnyway(this.#client, key, body))
      try {
        await this.#intake.inTurn(write)
      } catch (error) {
        this.#options.onFailure?.({ recordingId, segment, error })
        throw new HoldfastError('unavailable', { cause: error })
      }
    })
    return segment
  }

  recordings(): AsyncGenerator<string, void, undefined> {
    return this.#recordings.ids()
  }

  segments(recordingId: string): Promise<SegmentInfo[]> {
    return this.#recordings.list(recordingId)
  }

  async writeObject(
    recordingId: string,
    frames: AsyncIterable<Uint8Array>,
    aboutBytes: number,
  ): Promise<{ segment: string; bytes: number }> {
    const segment = objectKey(this.#options.incarnation, this.#keysUsed++)
    const { partBytes } = this.#options
    const upload = {
      ...{ client: this.#client, key: this.#keyOf(recordingId, segment), aboutBytes },
      ...(partBytes !== undefined && { partBytes }),
      check: () => this.#intake.requireOpen(recordingId),
    }
    try {
      await this.#requireBytes(recordingId, segment)
      const bytes = await uploadPieces(upload, frames)
      await this.#requireBytes(recordingId, segment)
      return { segment, bytes }
    } catch (error) {
      if (!(error instanceof S3Error)) throw error
      this.#health.fail(error)
      this.#options.onFailure?.({ recordingId, segment, error })
      throw new HoldfastError('store_failed', { cause: error })
    }
  }

  quarantine(recordingId: string, segment: string, reason: string): Promise<void> {
    return this.#recordings.mark(recordingId, segment, reason)
  }

  remove(recordingId: string, segment: string): Promise<void> {
    return this.#recordings.remove(recordingId, segment)
  }

  async purge(recordingId: string): Promise<{ bytes: number }> {
    return await this.#intake.purge(recordingId, () => this.#recordings.purge(recordingId))
  }

  async health(): Promise<StoreHealth> {
    if (this.#health.isFailing) await this.#tryBucket()
    return {
      state: this.#health.isFailing ? 'failing' : 'ok',
      reserve: 'ok',
      freeBytes: null,
      queuedBytes: this.#intake.queuedBytes,
      openSegments: 0,
      lastError: this.#health.lastError,
    }
  }

  /** What is stored is closed already. */
  closeSegment(recordingId: string): Promise<void> {
    return this.#intake.settle(recordingId)
  }

  close(): Promise<void> {
    return this.#intake.close()
  }

  /** One object for all that waited. Beyond its tries nobody knows whether it is there: what comes again has another key. */
  async #putSegment(recordingId: string, parts: Uint8Array[]): Promise<StoredAt> {
    const body = Buffer.concat(parts)
    for (let n = 0; n < KEYS; n += 1) {
      const segment = this.#nextSegment()
      const key = this.#keyOf(recordingId, segment)
      try {
        const outcome = await this.#health.watch(() => putNew(this.#client, key, body))
        if (outcome === 'stored') return { segment, offset: 0 }
        throw new S3Error({ status: 412, code: 'KeyTaken', message: `Others wrote to ${key}.` })
      } catch (error) {
        this.#options.onFailure?.({ recordingId, segment, error })
        if (!(error instanceof S3Error) || error.code !== 'KeyTaken') throw error
      }
    }
    throw new HoldfastError('unavailable')
  }

  /** An object goes with its recording, whether that was purged before it was written or meanwhile. */
  async #requireBytes(recordingId: string, object: string): Promise<void> {
    if (await this.#recordings.hasOthers(recordingId, object)) return
    await deleteObject(this.#client, this.#keyOf(recordingId, object))
    throw new HoldfastError('recording_deleted')
  }

  #tryBucket(): Promise<void> {
    const key = `${this.#options.prefix}probe-${this.#options.incarnation}`
    const tries = { times: 1, waitMs: PROBE_MS }
    return this.#probe.run(
      () => putAnyway(this.#client, key, new Uint8Array(1), tries),
      () => deleteObject(this.#client, key),
    )
  }

  #nextSegment(): string {
    const n = String(this.#keysUsed++).padStart(NUMBER_DIGITS, '0')
    return segmentKey(this.#options.incarnation, n)
  }

  #keyOf(recordingId: string, segment: string): string {
    return this.#recordings.keyOf(recordingId, segment)
  }
}
