// Owns what an app sees of one recording's way to the server: state, progress, connection, events.
// It never says `safe` before the stop and every chunk are acknowledged, nor when one never will be.
import { type ErrorCode, HoldfastError, LIMITS } from '@holdfast/protocol'
import type { AddedFile, ChunkRow, TakeRow } from '../buffer/rows.ts'
import { placeTake } from '../buffer/take-place.ts'
import { OPENERS } from '../transport/rungs.ts'
import { chunkPlaces } from './chunk-places.ts'
import { Emitter } from './emitter.ts'
import { isSame, OFFLINE, viewLink } from './link-view.ts'
import type { LocalCopy } from './local-copy.ts'
import { ProgressMeter } from './progress-meter.ts'
import type {
  Connection,
  Progress,
  ReadyEvent,
  TakeChunks,
  Upload,
  UploadError,
  UploadEvents,
  UploadState,
} from './recording.ts'
import type { Timer } from './timer.ts'
import { type Told, UploadDriver } from './upload-driver.ts'
import { PartialError, uploadError } from './upload-error.ts'
import type { Uploader, UploaderEvent, UploaderSetup } from './uploader-state.ts'

/** What comes within it is told as one: captured, stored and acknowledged make one picture to draw, not three. */
const PROGRESS_MS = 500

export class BufferedUpload implements Upload {
  protected readonly copy: LocalCopy
  protected readonly meter: ProgressMeter
  readonly #emitter = new Emitter<UploadEvents>()
  readonly #timer: Timer
  readonly #safe = Promise.withResolvers<void>()
  readonly #finished = Promise.withResolvers<void>()
  #driver: UploadDriver | null = null
  /** Events that came before there was a driver. */
  #early: UploaderEvent[] = []
  #state: UploadState = 'saving'
  #connection = OFFLINE
  #error: UploadError | null = null
  /** Why the first part that will not arrive does not. */
  #loss: UploadError | null = null
  /** Parts that were lost before they had a number. */
  #unnumbered = 0
  #progressTimer: ReturnType<typeof setTimeout> | undefined

  constructor(copy: LocalCopy, timer: Timer, meter = new ProgressMeter()) {
    this.copy = copy
    this.meter = meter
    this.#timer = timer
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
    return this.#driver ? chunkPlaces(this.#driver.state) : []
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

  on<T extends keyof UploadEvents>(type: T, handler: (event: UploadEvents[T]) => void): () => void {
    return this.#emitter.on(type, handler)
  }

  /** Begins to send; whoever calls it owns the recording. */
  attach(setup: Omit<UploaderSetup, 'created'>): void {
    this.#driver = new UploadDriver({
      endpoint: this.copy.row,
      setup: { ...setup, created: this.copy.row.created },
      openers: OPENERS,
      source: this.copy,
      timer: this.#timer,
      onStep: (state, told) => this.#follow(state, told),
    })
    const early = this.#early
    this.#early = []
    for (const event of [{ type: 'tick' } as const, ...early]) this.dispatch(event)
  }

  dispatch(event: UploaderEvent): void {
    if (this.#driver) this.#driver.dispatch(event)
    else this.#early.push(event)
  }

  /** A chunk of a stored recording that came to light late. `chunk`: it lies nowhere else. */
  addLate(late: TakeRow, seq: number, chunk?: ChunkRow): void {
    const row = placeTake(late, this.copy.takes)
    this.copy.setTake(row)
    if (chunk) this.copy.addMemory({ take: row.take, seq, chunk })
    this.dispatch({ type: 'captured', take: row.take, seq })
  }

  /** Nothing is left here but what was refused for good: it is kept, and shown, and not offered again. */
  rest(code: UploadError['code']): void {
    this.#loss = uploadError(code, false)
    this.#becomePartial(this.meter.waitingChunks)
    this.end()
  }

  /** Stops sending; what is unsent stays stored. */
  end(): void {
    this.#driver?.end()
    this.#finished.resolve()
  }

  /** True while a person records: a refusal by the server then ends the sending, not the recording. */
  protected get isCapturing(): boolean {
    return false
  }

  /** The server refused for good. */
  protected get isRefused(): boolean {
    return this.#driver?.state.link.at === 'halted'
  }

  /** The longest chunk that the server takes, once it has said so. */
  protected get maxChunkBytes(): number {
    return this.#driver?.state.limits.maxChunkBytes ?? LIMITS.maxChunkBytes
  }

  /** The server has acknowledged the take. */
  protected isAnnounced(take: number): boolean {
    return (
      this.#driver?.state.takes.some((one) => one.take === take && one.announced === 'acked') ??
      false
    )
  }

  protected emit<T extends keyof UploadEvents>(type: T, event: UploadEvents[T]): void {
    this.#emitter.emit(type, event)
  }

  protected setState(state: UploadState): void {
    if (state === this.#state) return
    this.#state = state
    this.emit('state', { state })
    this.tellProgress(true)
  }

  /** A part of what was captured is gone: this recording is never called safe. */
  protected noteLoss(code: UploadError['code']): void {
    this.#unnumbered += 1
    this.#loss ??= uploadError(code, false)
    this.tellError(code, false)
  }

  protected tellError(code: UploadError['code'], retry: boolean): void {
    if (this.#error?.code === code && this.#error.retry === retry) return
    this.#error = uploadError(code, retry)
    this.emit('error', this.#error)
  }

  protected tellProgress(now = false): void {
    if (!now) {
      this.#progressTimer ??= setTimeout(() => this.tellProgress(true), PROGRESS_MS)
      return
    }
    clearTimeout(this.#progressTimer)
    this.#progressTimer = undefined
    this.emit('progress', this.progress)
  }

  #follow(state: Uploader, told: readonly Told[]): void {
    this.#followLink(state)
    for (const one of told) {
      if (one.type === 'forget') this.becomeAcked(one.take, one.seq)
      else if (one.type === 'setAside') this.#becomeSetAside(one)
      else if (one.type === 'missing') this.emit('missing', one.missing)
      else if (one.type === 'error') this.#becomeTroubled(one)
      else if (one.type === 'safe') this.#becomeSafe()
      else if (one.type === 'partial') this.#becomePartial(one.chunks + this.#unnumbered)
      else this.#becomeReady(one.ready)
    }
    if (state.link.at === 'halted') this.#becomeRefused(state.link.code)
  }

  protected becomeAcked(take: number, seq: number): void {
    this.meter.acked(take, seq)
    if (this.#error?.retry) this.#error = null
    this.emit('acked', { take, seq })
    this.tellProgress()
    void this.copy.saveEdits()
  }

  #becomeTroubled({ code, retry }: Extract<Told, { type: 'error' }>): void {
    if (!retry) this.#loss ??= uploadError(code, false)
    this.tellError(code, retry)
  }

  #becomeSetAside({ take, seq, code }: Extract<Told, { type: 'setAside' }>): void {
    if (code === 'chunk_lost') this.meter.lost(take, seq)
  }

  #becomeSafe(): void {
    if (this.#unnumbered > 0) {
      this.#becomePartial(this.#unnumbered)
      return
    }
    this.setState('safe')
    this.#safe.resolve()
  }

  #becomePartial(parts: number): void {
    const loss = this.#loss ?? uploadError('chunk_lost', false)
    this.tellError(loss.code, false)
    this.#safe.reject(new PartialError(loss, parts))
    this.setState('partial')
  }

  #becomeReady(ready: ReadyEvent | 'empty'): void {
    void this.#discardOnceSaved()
    const isPartial = this.#state === 'partial'
    if (ready !== 'empty') {
      if (!isPartial) this.setState('ready')
      this.emit('ready', ready)
    } else if (!isPartial) {
      this.tellError('no_media', false)
      this.setState('failed')
    }
    this.end()
  }

  /**
   * A chunk that was refused lies nowhere else: it, and so its recording, stays until a person deletes it. With an edit
   * that the server does not have it stays for the next visit.
   */
  async #discardOnceSaved(): Promise<void> {
    if (await this.copy.saveEdits()) this.copy.discard()
  }

  #becomeRefused(code: ErrorCode): void {
    this.#safe.reject(new HoldfastError(code))
    if (!this.isCapturing) this.setState('failed')
    this.end()
  }

  #followLink(state: Uploader): void {
    const connection = viewLink(state)
    if (isSame(connection, this.#connection)) return
    this.#connection = connection
    this.emit('transport', connection)
  }
}
