// What the server asks of the place where media bytes lie. A store keeps bytes; it never decides what is
// acked (the ledger does) and removes nothing that it was not told to: by `purge`, or by `remove`.
import { CHUNK_HEAD_BYTES, type Chunk, type Frame, HEAD_BYTES } from '@holdfast/protocol'
import type { StoreRecord } from './store-record.ts'

/** In a frame stream a frame's payload begins after its u32 length and its head. */
export const PAYLOAD_OFFSET = 4 + HEAD_BYTES
/** A conflicting copy's file is one CHUNK frame; its media bytes begin here. */
export const CONFLICT_MEDIA_OFFSET = PAYLOAD_OFFSET + CHUNK_HEAD_BYTES

export type StoredAt = {
  /** Key of the segment, relative to the recording's folder. */
  readonly segment: string
  /** Where the frame's content begins in it: a CHUNK's media bytes, any other frame's payload. */
  readonly offset: number
}

/** Bytes of a segment. */
export type Extent = StoredAt & { readonly bytes: number }

/** One segment of a recording, as reconcile and purge see it. */
export type SegmentInfo = {
  readonly segment: string
  readonly bytes: number
  /** A conflicting copy: evidence, never media. */
  readonly isConflict: boolean
  /** Written whole by `writeObject`. */
  readonly isObject: boolean
  /** A write or sync of it failed: only what the ledger names may be trusted. */
  readonly isQuarantined: boolean
}

export type StoreHealth = {
  /** `failing` from the first failed write or sync until the next success. */
  readonly state: 'ok' | 'failing'
  /** `low` below the disk reserve: no TAKE, CHUNK or META is taken until space is free again (R9). */
  readonly reserve: 'ok' | 'low'
  /** null where the store has no such number. */
  readonly freeBytes: number | null
  /** Bytes accepted and not yet durable. */
  readonly queuedBytes: number
  readonly openSegments: number
  /** The newest failure, for the status page; stays after recovery. */
  readonly lastError: string | null
}

/** A write that failed for good, for the log. */
export type StoreFailure = { recordingId: string; segment: string | null; error: unknown }

export interface ChunkStore {
  /**
   * Appends one verified TAKE or CHUNK frame to this incarnation's segment of the recording. Resolves when the
   * bytes, and for a new segment every directory entry that leads to it, survive a power cut. The caller must
   * not change `frame.payload` before that.
   * @throws HoldfastError `unavailable`: not stored as far as anyone may assume; send it again
   */
  append(recordingId: string, frame: Frame): Promise<StoredAt>
  /**
   * Appends one of the server's own records (R13), as durable as a frame. TOTALS and DELETED are taken
   * below the disk reserve too: finalizing and deleting go on.
   * @throws HoldfastError `disk_full` for a META below the reserve, else `unavailable`
   */
  appendRecord(recordingId: string, record: StoreRecord): Promise<void>
  /**
   * Exactly `bytes` bytes of what `append` returned.
   * @throws HoldfastError `bytes_damaged` when they are not there, `store_failed` when reading fails
   */
  read(recordingId: string, at: StoredAt, bytes: number): Promise<Uint8Array<ArrayBuffer>>
  /** The same in pieces of bounded size, for HTTP bodies. Ending it early releases the file. Throws as `read`. */
  stream(
    recordingId: string,
    at: StoredAt,
    bytes: number,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined>
  /**
   * Several extents, one after another, each whole. Where a request costs time they are read ahead and together: give them in
   * the order in which they lie. Ending it early gives up what is being read.
   * Throws as `read`, in place of an extent that could not be read by itself, or not together with those behind it.
   */
  readExtents(
    recordingId: string,
    extents: Iterable<Extent>,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined>
  /**
   * Keeps a conflicting copy as evidence in a file of its own. Resolves with its key when durable; the same copy
   * again gives the same key. `read` finds its media bytes at `CONFLICT_MEDIA_OFFSET`.
   * @throws HoldfastError `unavailable`
   */
  keepConflict(recordingId: string, chunk: Chunk): Promise<string>
  /** Ids of the recordings of which anything is here, in no particular order. @throws HoldfastError `store_failed` */
  recordings(): AsyncGenerator<string, void, undefined>
  /** Every segment and conflicting copy of the recording; empty when nothing is stored. */
  segments(recordingId: string): Promise<SegmentInfo[]>
  /**
   * Writes one object out of whole frames, each as it lies in a segment, in their order. Resolves with its key when it
   * survives a power cut; when it rejects nothing of it is left. Only for a recording that has bytes here already: what
   * was purged never comes back.
   * @param aboutBytes how large it will be at most: where that would use up the reserve nothing is written
   * @throws HoldfastError `disk_full` for lack of room, `recording_deleted`, `shutting_down`, `store_failed`; what
   * `frames` throws
   */
  writeObject(
    recordingId: string,
    frames: AsyncIterable<Uint8Array>,
    aboutBytes: number,
  ): Promise<{ segment: string; bytes: number }>
  /**
   * Marks a segment as one of which only what the ledger names may be trusted (R8, R10); durable when it resolves. Idempotent.
   * @throws HoldfastError `store_failed`
   */
  quarantine(recordingId: string, segment: string, reason: string): Promise<void>
  /**
   * Removes one segment, object or conflicting copy, and what lies beside it; durable when it resolves. Idempotent. Whoever
   * calls it knows that nothing refers to it any more (I4).
   * @throws HoldfastError `store_failed`; call again
   */
  remove(recordingId: string, segment: string): Promise<void>
  /**
   * Removes every byte of the recording; resolves when that is durable. Idempotent. Appends that wait are
   * refused with `recording_deleted`.
   * @throws HoldfastError `store_failed`; call again
   */
  purge(recordingId: string): Promise<{ bytes: number }>
  /** Never throws. While failing it also probes the store, so that an idle server recovers. */
  health(): Promise<StoreHealth>
  /**
   * Lets go of the recording's open segment once what waits is durable; a later append opens another.
   * @param only leaves it open when it is not this one
   */
  closeSegment(recordingId: string, only?: string): Promise<void>
  /** Refuses new work with `shutting_down`, finishes what waits, closes every file. */
  close(): Promise<void>
}
