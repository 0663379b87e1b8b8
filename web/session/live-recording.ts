// Owns a recording while a page makes it. Capture comes first: no server, no full disk and no lock ever
// stops it or makes it wait.
import { LIMITS, type Mark } from '@holdfast/protocol'
import { beginTake, changeRecording } from '../buffer/local-buffer.ts'
import type { RecordingRow, TakeRow } from '../buffer/rows.ts'
import { askToPersist } from '../buffer/storage-room.ts'
import { watchPageLife } from '../capture/page-life.ts'
import { atMost } from './bounded.ts'
import { BufferedUpload } from './buffered-upload.ts'
import { Claim } from './claim.ts'
import { enterAgain } from './enter-again.ts'
import { handToWorker, type LastWords } from './hand-over.ts'
import { LiveTake, type TakeSink } from './live-take.ts'
import { LocalCopy, quietly } from './local-copy.ts'
import { type Opened, openRow } from './open-row.ts'
import { ProgressMeter } from './progress-meter.ts'
import { RecordClock } from './record-clock.ts'
import { checkTitle, recorderOptions } from './record-options.ts'
import type { Recording, RecordOptions } from './recording.ts'
import { refusal } from './refusal.ts'
import { senderCode } from './sender-code.ts'
import { TailCache } from './tail-cache.ts'
import { TakeSequence } from './take-sequence.ts'
import { localError } from './upload-error.ts'
import { askWorkerToLetGo, findWorker, wakeWorkerOnline } from './worker-link.ts'

const NUMBER_LIMIT_MS = 3_000
/** A recording that another owner still sends is looked at meanwhile. */
const CLAIM_LIMIT_MS = 500

export class LiveRecording extends BufferedUpload implements Recording {
  readonly #clock: RecordClock
  readonly #sequence: TakeSequence
  readonly #warns: boolean
  readonly #tail = new TailCache()
  readonly #captured = Promise.withResolvers<void>()
  readonly #claim: Claim
  #opened: Promise<Opened>
  /** Of the takes of this page. */
  readonly #startedAts = new Set<string>()
  #nextTake = 0
  #isEnding = false
  #isGone = false

  constructor(options: RecordOptions, row: RecordingRow) {
    const clock = new RecordClock()
    const copy = new LocalCopy(row, options.auth)
    super(copy, new ProgressMeter(() => clock.read()))
    this.#clock = clock
    this.#warns = options.warnBeforeUnload ?? true
    this.#claim = new Claim(row.id)
    this.#opened = atMost(CLAIM_LIMIT_MS, this.#claim.owned)
      .catch(() => undefined)
      .then(() => openRow(row))
    this.#sequence = new TakeSequence(recorderOptions(options), {
      openTake: (mimeType) => this.#openTake(mimeType),
      slice: () => {
        // Handed out while the page dies: it goes after what was handed over before.
        if (this.#isGone) handToWorker(this.#lastWords())
      },
      device: (event) => this.emit('device', event),
      restarted: () => this.tellError(localError('recorder_failed', true)),
      ended: (reason) => void this.#finish(reason),
    })
    this.on('acked', ({ take, seq }) => this.#tail.drop(take, seq))
    this.on('transport', ({ online }) => {
      if (!online) wakeWorkerOnline()
    })
  }

  get mimeType(): string {
    return this.#sequence.mimeType
  }

  override get isCapturing(): boolean {
    return this.state === 'recording' || this.state === 'paused' || this.state === 'stopping'
  }

  /** Goes on with a recording that earlier pages left here. @throws HoldfastError `recording_exists` */
  async resumeStored(token: string | undefined): Promise<void> {
    const { row, stored } = await this.#opened
    if (!stored) return
    if (token !== undefined && token !== row.token) {
      this.#claim.release()
      throw refusal('recording_exists')
    }
    askWorkerToLetGo(this.id)
    this.copy.adopt(stored.row)
    for (const take of stored.takes) this.copy.restoreTake(take)
    this.meter.addStored(stored)
    this.#nextTake = stored.takes.reduce((next, { take }) => Math.max(next, take + 1), 0)
  }

  /** Resolves when capture runs. @throws DOMException when the browser cannot record the stream */
  async start(stream: MediaStream): Promise<void> {
    try {
      await this.#sequence.start(stream)
    } catch (error) {
      this.#claim.release()
      throw error
    }
    this.#clock.run()
    this.setState('recording')
    findWorker()
    void askToPersist()
    const unwatch = watchPageLife({
      leaving: () => this.#leaving(),
      hidden: () => this.#sequence.requestData(),
      shown: () => this.retry(),
      online: () => this.retry(),
      gone: () => this.#gone(),
      back: () => this.#back(),
    })
    void this.finished.then(() => this.#captured.promise).then(unwatch)
    void this.#upload()
  }

  pause(): void {
    if (this.state !== 'recording') return
    this.#sequence.pause()
    this.#clock.hold()
    this.setState('paused')
  }

  resume(): void {
    if (this.state !== 'paused') return
    this.#sequence.resume()
    this.#clock.run()
    this.setState('recording')
  }

  mark(label?: string): Mark {
    const { marks = [] } = this.copy.row
    if (marks.length >= LIMITS.maxMarks || (label?.length ?? 0) > LIMITS.maxMarkChars) {
      throw refusal('bad_request', 'Too many marks, or too many words.')
    }
    const atMs = this.meter.read().recordedMs
    const mark = label === undefined ? { atMs } : { atMs, label }
    this.copy.edit({ marks: [...marks, mark] })
    this.sender?.saveEdits()
    return mark
  }

  rename(title: string | null): void {
    checkTitle(title)
    this.copy.edit({ title })
    this.sender?.saveEdits()
  }

  async switchStream(stream: MediaStream): Promise<void> {
    if (!this.isCapturing) throw new DOMException('The recording has ended.', 'InvalidStateError')
    await this.#sequence.switchStream(stream)
  }

  async stop(): Promise<void> {
    await this.#finish('user')
    await this.safe
  }

  async #finish(reason: 'user' | 'error'): Promise<void> {
    if (this.#isEnding) return await this.#captured.promise
    this.#isEnding = true
    this.#clock.hold()
    this.setState('stopping')
    this.copy.change({ ended: reason })
    await this.#sequence.stop()
    this.setState(this.sender?.isRefused ? 'failed' : 'saving')
    this.dispatch({ type: 'stop', reason })
    this.#captured.resolve()
  }

  /**
   * Sends while owning the recording; whoever owned it before (a worker's drain) is waited for, and what sends too. It may
   * come long after the first chunk: until then, and without it, everything is kept.
   */
  async #upload(): Promise<void> {
    const { stored, trouble } = await this.#opened
    if (trouble) this.tellError(localError(trouble, true))
    await this.#claim.owned
    const { startLive } = await senderCode(() => this.tellError(localError('sender_missing', true)))
    await startLive(this, stored && { before: stored, own: this.#startedAts })
    await Promise.all([this.finished, this.#captured.promise])
    this.#claim.release()
  }

  #openTake(mimeType: string): LiveTake {
    const take = this.#nextTake
    this.#nextTake += 1
    const startedAt = new Date().toISOString()
    this.#startedAts.add(startedAt)
    const fresh = { mimeType, startedAt, chunks: 0, bytes: 0, endMs: 0 }
    const provisional: TakeRow = { ...fresh, take, wire: take }
    const number = this.#opened
      .then(({ trouble }) =>
        trouble === null ? atMost(NUMBER_LIMIT_MS, beginTake(this.id, fresh)) : provisional,
      )
      .catch(() => provisional)
    return new LiveTake(this.id, provisional, number, this.#sink())
  }

  #sink(): TakeSink {
    return {
      head: (take) => {
        this.copy.setTake(take)
        this.dispatch({ type: 'take', take: take.take })
      },
      captured: (take, { seq, bytes, endMs }) => {
        this.meter.captured(take, seq, { bytes: bytes.length, endMs })
        this.emit('captured', { take, seq, bytes: bytes.length, endMs })
        this.tellProgress()
      },
      kept: (take, kept) => this.#kept(take, kept),
      troubled: (code) =>
        code === 'chunk_lost'
          ? this.loseUnnumbered(localError(code, false))
          : this.tellError(localError(code, true)),
      maxChunkBytes: () => this.maxChunkBytes,
      wireOf: ({ take, wire }) => this.copy.getTake(take)?.wire ?? wire,
    }
  }

  #kept(row: TakeRow, { seq, chunk, where }: Parameters<TakeSink['kept']>[1]): void {
    const { take } = row
    this.copy.setTake(row)
    if (where === 'memory') this.copy.addMemory({ take, seq, chunk })
    else {
      this.meter.buffered(take, seq, chunk.endMs)
      this.#tail.add({ take, seq, chunk })
      this.copy.noteStored({ take, seq, chunk })
      void this.#stored(where === 'ownerless')
    }
    this.emit('buffered', { take, seq, where: where === 'memory' ? where : 'disk' })
    this.dispatch({ type: 'captured', take, seq })
    this.tellProgress()
  }

  /** The disk takes chunks: also what it did not take before. */
  async #stored(isOwnerless: boolean): Promise<void> {
    if (isOwnerless) quietly(this.#enterAgain())
    const rescued = await this.copy.rescueMemory()
    if (rescued) this.meter.buffered(rescued.take, rescued.seq, rescued.chunk.endMs)
  }

  async #enterAgain(): Promise<void> {
    const refs = await enterAgain(this.copy, this.meter, this.#tail.chunks)
    if (refs.length > 0) this.dispatch({ type: 'evicted', refs })
  }

  #leaving(): boolean {
    this.#sequence.requestData()
    return this.#warns && this.#isUnsent()
  }

  #isUnsent(): boolean {
    if (this.state === 'recording' || this.state === 'stopping') return true
    if (this.state === 'paused') return this.meter.waitingChunks > 0
    // What was refused stays here, unless no disk took it.
    if (this.state === 'partial') return this.meter.read().memoryBytes > 0
    return this.state === 'saving'
  }

  #gone(): void {
    if (!this.isCapturing && this.state !== 'saving') return
    this.#isGone = true
    const words = this.#lastWords()
    this.sender?.sayFarewell(words, handToWorker(words))
    wakeWorkerOnline()
    const ended = this.copy.row.ended ?? 'pagehide'
    quietly(changeRecording(this.id, { ended }))
  }

  #lastWords(): LastWords {
    return {
      copy: this.copy,
      unstored: this.#sequence.release(),
      tail: this.#tail.chunks,
    }
  }

  #back(): void {
    this.#isGone = false
    if (this.#isEnding) {
      this.retry()
      return
    }
    this.copy.change({ ended: null })
    this.dispatch({ type: 'again' })
  }
}
