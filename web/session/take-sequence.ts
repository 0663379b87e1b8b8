// Owns the takes of one recording in this page: one recorder after the other, never two at once. Capture
// ends by `stop`, by the end of every track, or when recorders fail again and again; never otherwise.
import { type RecorderOptions, TakeRecorder } from '../capture/take-recorder.ts'
import type { LiveTake, Unstored } from './live-take.ts'
import type { UploadEvents } from './recording.ts'

/** A recorder that fails again and again would make takes without end. */
const MAX_RESTARTS = 5
const RESTART_WINDOW_MS = 60_000

export type SequenceHandlers = {
  /** Opens the next take in the buffer. */
  openTake(mimeType: string): LiveTake
  /** A slice was handed out. */
  slice(): void
  device(event: UploadEvents['device']): void
  /** A recorder failed; the next take begins. */
  restarted(): void
  /** Capture ended by itself. */
  ended(reason: 'user' | 'error'): void
}

type Run = {
  readonly recorder: TakeRecorder
  readonly take: LiveTake
  readonly stream: MediaStream
}

export class TakeSequence {
  readonly #options: RecorderOptions
  readonly #handlers: SequenceHandlers
  /** Takes with something that is not stored yet. */
  readonly #unstored = new Set<LiveTake>()
  #run: Run | null = null
  #starting: Promise<void> = Promise.resolve()
  #mimeType = ''
  /** Why the present recorder is being stopped; null = by nobody. */
  #leaving: 'stop' | 'switch' | null = null
  #paused = false
  #isStopped = false
  /** Switches and the stop: one after another. */
  #moving: Promise<void> = Promise.resolve()
  #idle = Promise.withResolvers<void>()
  #restarts: number[] = []

  constructor(options: RecorderOptions, handlers: SequenceHandlers) {
    this.#options = options
    this.#handlers = handlers
  }

  /** Of the newest take, as its recorder writes it. */
  get mimeType(): string {
    return this.#mimeType
  }

  /**
   * Resolves when capture runs.
   * @throws DOMException when the browser cannot record the stream
   */
  async start(stream: MediaStream): Promise<void> {
    this.#starting = this.#start(stream)
    await this.#starting
  }

  async #start(stream: MediaStream): Promise<void> {
    this.#idle = Promise.withResolvers()
    const running = Promise.withResolvers<Run>()
    const recorder = new TakeRecorder(stream, this.#options, {
      slice: (slice) => {
        this.#run?.take.accept(slice)
        this.#handlers.slice()
      },
      ended: (failed) => void running.promise.then((run) => this.#runEnded(run, failed)),
    })
    await recorder.start()
    this.#mimeType = recorder.mimeType
    const take = this.#handlers.openTake(recorder.mimeType)
    const run = { recorder, take, stream }
    this.#unstored.add(take)
    this.#run = run
    running.resolve(run)
    if (this.#paused) recorder.pause()
    this.#watchTracks(stream)
  }

  pause(): void {
    this.#paused = true
    this.#run?.recorder.pause()
  }

  resume(): void {
    this.#paused = false
    this.#run?.recorder.resume()
  }

  requestData(): void {
    this.#run?.recorder.requestData()
  }

  /** Goes on with another stream as the next take; if that cannot be recorded the old one goes on. */
  switchStream(stream: MediaStream): Promise<void> {
    return this.#inTurn(() => this.#switch(stream))
  }

  async #switch(stream: MediaStream): Promise<void> {
    if (this.#isStopped) throw new DOMException('The recording has ended.', 'InvalidStateError')
    const old = this.#run?.stream
    await this.#leave('switch')
    try {
      await this.start(stream)
    } catch (error) {
      if (old?.active) await this.start(old)
      else this.#handlers.ended('error')
      throw error
    }
  }

  /** Resolves when every slice is stored, or held in memory. */
  async stop(): Promise<void> {
    await this.#inTurn(async () => {
      this.#isStopped = true
      await this.#leave('stop')
    })
    await this.stored()
  }

  /** A stop that met a switch half-way would end no recorder: the next one had not begun. */
  #inTurn(move: () => Promise<void>): Promise<void> {
    const done = this.#moving.then(move)
    this.#moving = done.catch(() => undefined)
    return done
  }

  async stored(): Promise<void> {
    while (this.#unstored.size > 0) {
      await Promise.all([...this.#unstored].map((take) => this.#endTake(take)))
    }
  }

  /** At page death: everything that is not stored. */
  release(): Unstored[] {
    return [...this.#unstored].map((take) => take.release())
  }

  async #leave(why: 'stop' | 'switch'): Promise<void> {
    // A start that fails tells its own caller.
    await this.#starting.catch(() => undefined)
    if (!this.#run) return
    this.#leaving = why
    this.#run.recorder.stop()
    await this.#idle.promise
    this.#leaving = null
  }

  async #endTake(take: LiveTake): Promise<void> {
    await take.end()
    this.#unstored.delete(take)
  }

  #runEnded(run: Run, failed: boolean): void {
    this.#run = null
    void this.#endTake(run.take)
    this.#idle.resolve()
    if (this.#leaving) return
    if (failed && run.stream.active && this.#mayRestart()) void this.#restart(run.stream)
    else this.#handlers.ended(failed ? 'error' : 'user')
  }

  async #restart(stream: MediaStream): Promise<void> {
    this.#handlers.restarted()
    try {
      await this.start(stream)
    } catch {
      this.#handlers.ended('error')
    }
  }

  #mayRestart(): boolean {
    const now = performance.now()
    this.#restarts = [...this.#restarts.filter((at) => now - at < RESTART_WINDOW_MS), now]
    return this.#restarts.length <= MAX_RESTARTS
  }

  #watchTracks(stream: MediaStream): void {
    for (const track of stream.getTracks()) {
      track.addEventListener(
        'ended',
        () => {
          if (this.#run?.stream !== stream) return
          const tracksLeft = stream.getTracks().filter((one) => one.readyState === 'live').length
          this.#handlers.device({ kind: track.kind, label: track.label, tracksLeft })
        },
        { once: true },
      )
    }
  }
}
