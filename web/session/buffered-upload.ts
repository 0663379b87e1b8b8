// Owns what an app sees of one recording's way to the server: state, progress, connection, events. What sends is another part
// of the library, which comes later: until then what happens waits for it here, and nobody else waits.
import { LIMITS } from '@holdfast/protocol'
import type { AddedFile } from '../buffer/rows.ts'
import type { UploaderEvent } from '../sender/uploader-state.ts'
import { Emitter } from './emitter.ts'
import type { LocalCopy } from './local-copy.ts'
import { ProgressMeter } from './progress-meter.ts'
import type {
  Connection,
  Progress,
  TakeChunks,
  Upload,
  UploadError,
  UploadEvents,
  UploadState,
} from './recording.ts'
import type { Sender } from './sender.ts'
import { localError, PartialError } from './upload-error.ts'

/** What comes within it is told as one: captured, stored and acknowledged make one picture to draw, not three. */
const PROGRESS_MS = 500
const OFFLINE: Connection = { rung: 'none', online: false, retryAt: null }

export class BufferedUpload implements Upload {
  readonly copy: LocalCopy
  readonly meter: ProgressMeter
  readonly #emitter = new Emitter<UploadEvents>()
  readonly #safe = Promise.withResolvers<void>()
  readonly #finished = Promise.withResolvers<void>()
  #sender: Sender | null = null
  /** Events that came before there was a sender. */
  #early: UploaderEvent[] = []
  #state: UploadState = 'saving'
  #connection = OFFLINE
  #error: UploadError | null = null
  /** Why the first part that will not arrive does not. */
  #loss: UploadError | null = null
  /** Parts that were lost before they had a number. */
  #unnumbered = 0
  #progressTimer: ReturnType<typeof setTimeout> | undefined

  constructor(copy: LocalCopy, meter = new ProgressMeter()) {
    this.copy = copy
    this.meter = meter
    // Whoever waits for it hears of it; nobody has to.
    this.#safe.promise.catch(() => undefined)
  }

  get id(): string {
    return this.copy.row.id
  }

  get token(): string {
    return this.copy.row.token
  }

  get server(): string {
    return this.copy.row.server
  }

  get title(): string | null {
    return this.copy.row.title
  }

  get createdAt(): string {
    return this.copy.row.createdAt
  }

  get file(): AddedFile | null {
    return this.copy.row.file ?? null
  }

  get state(): UploadState {
    return this.#state
  }

  get progress(): Progress {
    return this.meter.read()
  }

  get chunks(): readonly TakeChunks[] {
    return this.#sender?.chunks ?? []
  }

  get connection(): Connection {
    return this.#connection
  }

  get error(): UploadError | null {
    return this.#error
  }

  get safe(): Promise<void> {
    return this.#safe.promise
  }

  /** Resolves when nothing more will be sent: the file is final, refused for good, or `end` was called. */
  get finished(): Promise<void> {
    return this.#finished.promise
  }

  /** True while a person records: a refusal by the server then ends the sending, not the recording. */
  get isCapturing(): boolean {
    return false
  }

  /** What sends it, once that is here. */
  protected get sender(): Sender | null {
    return this.#sender
  }

  /** The longest chunk that the server takes, once it has said so. */
  protected get maxChunkBytes(): number {
    return this.#sender?.maxChunkBytes ?? LIMITS.maxChunkBytes
  }

  on<T extends keyof UploadEvents>(type: T, handler: (event: UploadEvents[T]) => void): () => void {
    return this.#emitter.on(type, handler)
  }

  emit<T extends keyof UploadEvents>(type: T, event: UploadEvents[T]): void {
    this.#emitter.emit(type, event)
  }

  /** Begins to send; whoever calls it owns the recording. */
  attach(sender: Sender): void {
    this.#sender = sender
    const early = this.#early
    this.#early = []
    for (const event of [{ type: 'tick' } as const, ...early]) sender.dispatch(event)
  }

  dispatch(event: UploaderEvent): void {
    if (this.#sender) this.#sender.dispatch(event)
    else this.#early.push(event)
  }

  retry(): void {
    this.dispatch({ type: 'nudge' })
  }

  /** Stops sending; what is unsent stays stored. */
  end(): void {
    this.#sender?.end()
    this.#finished.resolve()
  }

  setState(state: UploadState): void {
    if (state === this.#state) return
    this.#state = state
    this.emit('state', { state })
    this.tellProgress(true)
  }

  setConnection(connection: Connection): void {
    this.#connection = connection
    this.emit('transport', connection)
  }

  becomeAcked(take: number, seq: number): void {
    this.meter.acked(take, seq)
    if (this.#error?.retry) this.#error = null
    this.emit('acked', { take, seq })
    this.tellProgress()
    this.#sender?.saveEdits()
  }

  /** The stop and every chunk that has a number are acknowledged. */
  becomeSafe(): void {
    if (this.#unnumbered > 0) {
      this.becomePartial(0)
      return
    }
    this.setState('safe')
    this.#safe.resolve()
  }

  /** The rest is acknowledged, but so many chunks never will be. */
  becomePartial(chunks: number): void {
    const loss = this.#loss ?? localError('chunk_lost', false)
    this.tellError(loss)
    this.settle(new PartialError(loss, chunks + this.#unnumbered))
    this.setState('partial')
  }

  /** It will never be safe. */
  settle(error: Error): void {
    this.#safe.reject(error)
  }

  /** Part of what was captured will not arrive: the first reason is the one that is told in the end. */
  noteLoss(loss: UploadError): void {
    this.#loss ??= loss
  }

  tellError(error: UploadError): void {
    if (this.#error?.code === error.code && this.#error.retry === error.retry) return
    this.#error = error
    this.emit('error', error)
  }

  tellProgress(now = false): void {
    if (!now) {
      this.#progressTimer ??= setTimeout(() => this.tellProgress(true), PROGRESS_MS)
      return
    }
    clearTimeout(this.#progressTimer)
    this.#progressTimer = undefined
    this.emit('progress', this.progress)
  }

  /** A part of what was captured is gone, and had no number yet: this recording is never called safe. */
  protected loseUnnumbered(loss: UploadError): void {
    this.#unnumbered += 1
    this.noteLoss(loss)
    this.tellError(loss)
  }
}
