// Owns the public face of a recording: what an app can read, call and listen to.
// It must never promise more than an ack proves: only `ackedMs` and `safe` speak of the server.
import type { ErrorCode, HoldfastEvent, Mark, SeqRange } from '@holdfast/protocol'
import type { AddedFile } from '../buffer/rows.ts'

export type { Mark } from '@holdfast/protocol'
export type { AddedFile } from '../buffer/rows.ts'

/** A bearer for `POST /api/recordings`: an API key never, a permit or a JWT; or who fetches one. */
export type Auth = string | (() => Promise<string | null>)

export type RecordOptions = {
  /** Origin of the Holdfast server. @default location.origin */
  readonly server?: string
  /** UUID of the recording; one that is known on this device goes on with its next take. @default a new UUIDv7 */
  readonly id?: string
  /** The recording's own secret, base64url, at least 128 random bits. @default 192 random bits */
  readonly token?: string
  readonly title?: string
  /** Recordings of one group belong together: camera and screen, each a recording of its own. */
  readonly group?: string
  readonly metadata?: Readonly<Record<string, unknown>>
  /** Asked for again before every try. Its last answer is kept with the recording for the service worker. */
  readonly auth?: Auth
  /** What to ask the recorder for; what it really writes is what counts. @default the best it supports */
  readonly mimeType?: string
  /** How much media one slice holds, and so how much a crash can cost. @default 1000 */
  readonly timesliceMs?: number
  readonly videoBitsPerSecond?: number
  readonly audioBitsPerSecond?: number
  /** Seeking and MP4 fragments depend on it. @default 1000 */
  readonly keyframeIntervalMs?: number
  /** Ask "leave the page?" while something is unsent. @default true */
  readonly warnBeforeUnload?: boolean
}

/**
 *   recording ⇄ paused ──stop──▶ stopping ──▶ saving ──▶ safe ──▶ ready
 *                       (last slice)    (chunks, FINISH)  (all acked)  (the file is final)
 *                                          └──▶ partial: all that can be sent and the stop are acked, but a part
 *                                               was refused or is lost; what is here of it stays here
 *   any ──▶ failed: the server refuses for good; what is here stays here
 */
export type UploadState =
  | 'recording'
  | 'paused'
  | 'stopping'
  | 'saving'
  | 'safe'
  | 'ready'
  | 'partial'
  | 'failed'

export type Progress = {
  /** Time recorded, pauses left out, up to now. */
  readonly recordedMs: number
  /** Media that the recorder has handed out and this device has stored. */
  readonly bufferedMs: number
  /** Media that the server has acknowledged without a hole: survives anything here. */
  readonly ackedMs: number
  readonly chunks: number
  readonly ackedChunks: number
  /** Captured, not acknowledged and still here. An estimate for recordings found at a later visit. */
  readonly waitingBytes: number
  /** Of the waiting ones, those that are only in this page's memory (disk full, private mode). */
  readonly memoryBytes: number
}

/** Where the chunks of one take are. What is in none of the lists is on the server, as far as this device knows. */
export type TakeChunks = {
  /** Its number on the server. */
  readonly take: number
  /** Confirmed by the server. */
  readonly acked: readonly SeqRange[]
  /** Sent, not confirmed yet. */
  readonly flying: readonly SeqRange[]
  /** Only on this device. */
  readonly here: readonly SeqRange[]
  /** Refused for good, or gone. */
  readonly stuck: readonly SeqRange[]
}

export type Connection = {
  readonly rung: 'webtransport' | 'websocket' | 'http' | 'none'
  /** The server answers: told from its answers, never from `navigator.onLine`. */
  readonly online: boolean
  /** When the next try begins, as `Date.now()`; null when connected or trying. */
  readonly retryAt: number | null
}

/** Failures that begin on this device, beside those of the wire contract. */
export type LocalErrorCode =
  /** The disk quota is used up: chunks wait in memory and are sent from there. */
  | 'buffer_full'
  /** IndexedDB takes longer than a recording can wait: as above, until it keeps up again. */
  | 'buffer_slow'
  /** IndexedDB does not work here (private mode): as above. */
  | 'buffer_unavailable'
  /** The recorder gave up; what it had is kept, and a next take begins if the stream still runs. */
  | 'recorder_failed'
  /** What sends is not to be had yet: all is kept here, and sent once it is. */
  | 'sender_missing'
  /** A chunk that was stored here is gone. */
  | 'chunk_lost'
  /** A chunk that is stored here is not given out now; it stays. */
  | 'chunk_unreadable'

/** This device keeps no copy now. */
export type BufferLoss = Extract<LocalErrorCode, `buffer_${string}`>

export type UploadError = {
  readonly code: ErrorCode | LocalErrorCode
  readonly message: string
  /** true: it goes on by itself. */
  readonly retry: boolean
}

export type ReadyEvent = Omit<Extract<HoldfastEvent, { type: 'ready' }>, 'type'>
export type MissingEvent = Omit<Extract<HoldfastEvent, { type: 'missing' }>, 'type'>

/** Every event of an upload and what its handler is given. */
export type UploadEvents = {
  /** The recorder handed out a chunk. */
  captured: { take: number; seq: number; bytes: number; endMs: number | null }
  /** The chunk survives this page (`disk`), or not (`memory`). */
  buffered: { take: number; seq: number; where: 'disk' | 'memory' }
  /** The chunk is durable on the server; the local copy goes. */
  acked: { take: number; seq: number }
  /** Connected, disconnected or changed rung. */
  transport: Connection
  /** The server names chunks that it lacks; they are sent again. */
  missing: MissingEvent
  /** The file is final. `status` says whether it has gaps. */
  ready: ReadyEvent
  error: UploadError
  state: { state: UploadState }
  /** At most twice a second, and with each change of state. */
  progress: Progress
  /** A camera, microphone or screen went away while recording; what is left is still recorded. */
  device: { kind: string; label: string; tracksLeft: number }
}

/** A recording on its way to the server: one that is being made, or one found unsent. */
export interface Upload {
  readonly id: string
  readonly token: string
  readonly server: string
  readonly title: string | null
  /** ISO 8601. */
  readonly createdAt: string
  /** Not recorded here, but added as a file. */
  readonly file: AddedFile | null
  readonly state: UploadState
  readonly progress: Progress
  /** Empty until sending begins. */
  readonly chunks: readonly TakeChunks[]
  readonly connection: Connection
  /** The last error, until the server answers well again. In `partial`: why. */
  readonly error: UploadError | null
  /** Calls `handler` on every such event. @returns a function that ends it */
  on<T extends keyof UploadEvents>(type: T, handler: (event: UploadEvents[T]) => void): () => void
  /**
   * Resolves when every chunk and the stop are acknowledged; may take as long as the network is away.
   * @throws HoldfastError (rejects) when the server refuses for good
   * @throws PartialError (rejects) when the rest and the stop are acknowledged, but a part never will be
   */
  readonly safe: Promise<void>
  /** Something says that the server may answer again: tries now, not when the next try is due. */
  retry(): void
}

/** A recording that this page makes. */
export interface Recording extends Upload {
  /** As the recorder really writes it. */
  readonly mimeType: string
  /** Hands out what the recorder holds, then pauses; the recording stays alive on the server. */
  pause(): void
  resume(): void
  /**
   * Marks this moment, pauses left out. It is kept with the recording, here and, as soon as that answers, on the
   * server. @throws HoldfastError `bad_request` for a label that is too long, or more marks than a recording may have
   */
  mark(label?: string): Mark
  /** Gives it another title, as above. @throws HoldfastError `bad_request` when it is too long */
  rename(title: string | null): void
  /** Ends capture and resolves as `safe` does; `ready` follows. The stream stays the caller's to stop. */
  stop(): Promise<void>
  /** Goes on with another stream (a device was lost or changed) as the next take. */
  switchStream(stream: MediaStream): Promise<void>
}

/** An unsent recording on this device that no tab is making. */
export type Unsent = {
  readonly id: string
  readonly server: string
  readonly title: string | null
  readonly createdAt: string
  /** As of an upload. */
  readonly file: AddedFile | null
  readonly recordedMs: number
  readonly waitingChunks: number
  /** Of those, the ones that the server refused for good: they stay until they are discarded. */
  readonly refusedChunks: number
  /** An estimate from the average chunk. */
  readonly waitingBytes: number
}

/** A recording as far as this device knows it, whoever makes or sends it. */
export type OnDevice = Unsent & {
  /** What counts as sent is in none of the lists. */
  readonly chunks: readonly TakeChunks[]
}

export type DrainOptions = {
  /** Only recordings of this server. @default all */
  readonly server?: string
  /** For recordings that began offline and whose stored bearer may be old. */
  readonly auth?: Auth
  /** Called for each one found, also later, when the tab that made it is gone. */
  readonly onFound?: (upload: Upload) => void
  /** Called for one that this browser cannot read now. It stays as it is; the next visit tries again. */
  readonly onUnreadable?: (id: string, error: unknown) => void
  /** Stops looking and uploading; nothing is lost by it. */
  readonly signal?: AbortSignal
}
