// Media bytes on a local or shared disk: one growing segment per recording and server incarnation (R2–R10).
// An append resolves only when its bytes survive a power cut; nothing here is ever truncated or reopened.
import { join } from 'node:path'
import { type Chunk, ERRORS, type Frame, HoldfastError } from '@holdfast/protocol'
import type {
  ChunkStore,
  Extent,
  SegmentInfo,
  StoredAt,
  StoreFailure,
  StoreHealth,
} from './chunk-store.ts'
import { conflictKey, writeConflictCopy } from './conflict-copies.ts'
import { type Disk, errorCode, nodeDisk } from './disk.ts'
import { DiskReserve, type Space } from './disk-reserve.ts'
import { DurableFolders } from './durable-folders.ts'
import { FrameIntake } from './frame-intake.ts'
import { writeObjectFile } from './object-writer.ts'
import { OpenSegments } from './open-segments.ts'
import { writeQuarantineMark } from './quarantine-mark.ts'
import { checkIncarnation, objectKey, segmentKey, segmentPath } from './recording-folder.ts'
import { SegmentFiles } from './segment-files.ts'
import { type Durability, SegmentWriter, writeAll } from './segment-writer.ts'
import { recordFrame, type StoreRecord } from './store-record.ts'
import { SyncProof } from './sync-proof.ts'
import { WriteHealth } from './write-health.ts'
import { WriteProbe } from './write-probe.ts'

const PROBE_BYTES = 4096

type ReserveRefusal = 'unavailable' | 'disk_full'

export type LocalStoreOptions = {
  /** The folder of all recordings; made when missing. */
  root: string
  /** Unique to this run of this process; part of the name of every segment it writes. */
  incarnation: string
  /** Told of each failed write or sync, for the log. */
  onFailure?: (failure: StoreFailure) => void
  /** Bytes that may wait for the disk over all recordings. @default 256 MiB */
  maxQueuedBytes?: number
  /** @default 1024 */
  maxOpenSegments?: number
  /** Writes and syncs at once. @default 64: above the thread pools of Node and Bun */
  maxFlushes?: number
  disk?: Disk
  /** Milliseconds of a clock that never goes back. */
  now?: () => number
}

/** @throws what the disk throws when the root cannot be made durable */
export async function openLocalStore(options: LocalStoreOptions): Promise<LocalStore> {
  const folders = new DurableFolders(options.root, options.disk ?? nodeDisk)
  await folders.openRoot()
  return new LocalStore(options, folders)
}

export class LocalStore implements ChunkStore {
  readonly #options: LocalStoreOptions
  readonly #disk: Disk
  readonly #durability: Durability
  readonly #files: SegmentFiles
  readonly #reserve: DiskReserve
  readonly #health = new WriteHealth()
  readonly #probe: WriteProbe
  readonly #segments: OpenSegments
  readonly #intake: FrameIntake
  #filesMade = 0

  /** Use `openLocalStore`: it makes the root durable first. */
  constructor(options: LocalStoreOptions, folders: DurableFolders) {
    const { root, disk = nodeDisk, now = () => performance.now() } = options
    checkIncarnation(options.incarnation)
    this.#options = options
    this.#disk = disk
    const proof = new SyncProof(disk, [this.#probePath(), this.#probePath()])
    this.#durability = { disk, folders, proof }
    this.#files = new SegmentFiles(root, disk)
    this.#reserve = new DiskReserve({ path: root, disk, now })
    this.#probe = new WriteProbe(this.#health, now)
    this.#segments = new OpenSegments({
      maxOpen: options.maxOpenSegments ?? 1024,
      health: this.#health,
      create: (recordingId) => this.#createSegment(recordingId),
      quarantine: (recordingId, segment, error) => this.#fail({ recordingId, segment, error }),
    })
    const { maxQueuedBytes, maxFlushes } = options
    const write = (id: string, parts: Uint8Array[]) => this.#segments.write(id, parts)
    this.#intake = new FrameIntake({ maxQueuedBytes, maxFlushes, write })
  }

  async append(recordingId: string, frame: Frame): Promise<StoredAt> {
    return this.#commit(recordingId, frame, 'unavailable')
  }

  async appendRecord(recordingId: string, record: StoreRecord): Promise<void> {
    await this.#commit(
      recordingId,
      recordFrame(record),
      record.kind === 'meta' ? 'disk_full' : null,
    )
  }

  read(recordingId: string, at: StoredAt, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#files.read(recordingId, at, bytes)
  }

  stream(
    recordingId: string,
    at: StoredAt,
    bytes: number,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    return this.#files.stream(recordingId, at, bytes)
  }

  /** No file stays open for a reader that does not read on. */
  async *readExtents(
    recordingId: string,
    extents: Iterable<Extent>,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    for (const extent of extents) yield await this.read(recordingId, extent, extent.bytes)
  }

  async keepConflict(recordingId: string, chunk: Chunk): Promise<string> {
    const key = conflictKey(chunk)
    const temporary = `${this.#nextKey()}.part`
    const place = { root: this.#options.root, recordingId, key, temporary }
    const write = () => writeConflictCopy(place, chunk, this.#durability)
    await this.#intake.hold(chunk.bytes.length, async () => {
      await this.#requireReserve('unavailable')
      this.#intake.requireOpen(recordingId)
      try {
        await this.#intake.inTurn(() => this.#health.watch(write))
      } catch (cause) {
        await this.#fail({ recordingId, segment: null, error: cause })
        throw new HoldfastError('unavailable', { cause })
      }
    })
    return key
  }

  recordings(): AsyncGenerator<string, void, undefined> {
    return this.#files.recordings()
  }

  segments(recordingId: string): Promise<SegmentInfo[]> {
    return this.#files.list(recordingId)
  }

  async writeObject(
    recordingId: string,
    frames: AsyncIterable<Uint8Array>,
    aboutBytes: number,
  ): Promise<{ segment: string; bytes: number }> {
    // Recorders must not come upon the reserve because of a copy that does not fit anyway.
    await this.#requireReserve('disk_full', aboutBytes)
    const { root, incarnation } = this.#options
    const segment = objectKey(incarnation, this.#filesMade++)
    const seams = {
      ...this.#durability,
      flush: <T>(work: () => Promise<T>) => this.#flush(recordingId, work),
      check: async () => {
        this.#intake.requireOpen(recordingId)
        await this.#requireReserve('disk_full')
      },
      discard: (path: string) =>
        this.#disk.remove(path).catch((error: unknown) => this.#health.note(error)),
    }
    const bytes = await writeObjectFile({ root, recordingId, key: segment }, frames, seams)
    return { segment, bytes }
  }

  async quarantine(recordingId: string, segment: string, reason: string): Promise<void> {
    const path = segmentPath(this.#options.root, recordingId, segment)
    try {
      await writeQuarantineMark(this.#disk, path, reason)
      await this.#durability.folders.sync(recordingId)
    } catch (cause) {
      if (errorCode(cause) !== 'EEXIST') throw new HoldfastError('store_failed', { cause })
    }
  }

  async remove(recordingId: string, segment: string): Promise<void> {
    await this.#files.remove(recordingId, segment)
  }

  purge(recordingId: string): Promise<{ bytes: number }> {
    return this.#intake.purge(recordingId, async () => {
      await this.#segments.close(recordingId)
      return await this.#files.purge(recordingId)
    })
  }

  async health(): Promise<StoreHealth> {
    if (this.#health.isFailing) await this.#tryDisk()
    const space = await this.#space()
    return {
      state: this.#health.isFailing ? 'failing' : 'ok',
      reserve: space?.reserve ?? 'ok',
      freeBytes: space?.freeBytes ?? null,
      queuedBytes: this.#intake.queuedBytes,
      openSegments: this.#segments.size,
      lastError: this.#health.lastError,
    }
  }

  async closeSegment(recordingId: string, only?: string): Promise<void> {
    await this.#intake.settle(recordingId)
    await this.#segments.close(recordingId, only)
  }

  async close(): Promise<void> {
    await this.#intake.close()
    await this.#segments.closeAll()
    await this.#durability.proof.end().catch((error: unknown) => this.#health.note(error))
  }

  /** @param belowReserve how it is refused then; null = never */
  #commit(recordingId: string, frame: Frame, belowReserve: ReserveRefusal | null) {
    const check = belowReserve ? () => this.#requireReserve(belowReserve) : undefined
    return this.#intake.append(recordingId, frame, check)
  }

  /** @param room bytes that are to be free above the reserve */
  async #requireReserve(refusal: ReserveRefusal, room = 0): Promise<void> {
    const space = await this.#space()
    if (!space || space.freeBytes - room >= space.reserveBytes) return
    const details = { freeBytes: space.freeBytes }
    throw new HoldfastError(refusal, { message: ERRORS.disk_full.message, details })
  }

  /** A write or sync of an object, which waits for its turn. @throws HoldfastError `store_failed` */
  async #flush<T>(recordingId: string, work: () => Promise<T>): Promise<T> {
    try {
      return await this.#intake.inTurn(() => this.#health.watch(work))
    } catch (cause) {
      await this.#fail({ recordingId, segment: null, error: cause })
      throw new HoldfastError('store_failed', { cause })
    }
  }

  #tryDisk(): Promise<void> {
    const path = this.#probePath()
    const write = async () => {
      const file = await this.#disk.create(path)
      try {
        await writeAll(file, [new Uint8Array(PROBE_BYTES)])
        await file.sync()
        await this.#durability.proof.give()
      } finally {
        await file.close()
      }
    }
    return this.#probe.run(write, () => this.#disk.remove(path))
  }

  /** null when the disk does not tell: then the write itself shows how it is. */
  async #space(): Promise<Space | null> {
    try {
      return await this.#reserve.space()
    } catch (error) {
      this.#health.note(error)
      return null
    }
  }

  #createSegment(recordingId: string): Promise<SegmentWriter> {
    const place = { root: this.#options.root, recordingId, key: this.#nextKey() }
    return SegmentWriter.create(place, this.#durability)
  }

  #probePath(): string {
    return join(this.#options.root, `.probe-${this.#nextKey()}`)
  }

  /** Unique in this store for ever: counted over all recordings, so that none needs to be remembered. */
  #nextKey(): string {
    return segmentKey(this.#options.incarnation, this.#filesMade++)
  }

  async #fail(failure: StoreFailure): Promise<void> {
    const { recordingId, segment } = failure
    try {
      this.#options.onFailure?.(failure)
      if (!segment) return
      const path = segmentPath(this.#options.root, recordingId, segment)
      await writeQuarantineMark(this.#disk, path, failure.error)
    } catch (error) {
      this.#health.note(error)
    }
  }
}
