// Owns one run of a MediaRecorder: a new one is the next take. It hands out every byte that the recorder
// gives, also after an error or a lost device, and it never stops for anything but `stop` and the stream.
import { pickMimeType } from './mime-type.ts'
import { prepareCutting } from './mp4-cutting.ts'

export type RecorderOptions = {
  readonly mimeType?: string | undefined
  readonly timesliceMs: number
  readonly videoBitsPerSecond?: number | undefined
  readonly audioBitsPerSecond?: number | undefined
  readonly keyframeIntervalMs: number
}

export type RecorderHandlers = {
  slice(slice: Blob): void
  /** All slices were handed out. `failed`: by the recorder itself; else by `stop` or the end of all tracks. */
  ended(failed: boolean): void
}

export class TakeRecorder {
  readonly #recorder: MediaRecorder
  readonly #timesliceMs: number
  readonly #wanted: string | undefined
  #failed = false

  /** @throws DOMException when the browser cannot record the stream so */
  constructor(stream: MediaStream, options: RecorderOptions, handlers: RecorderHandlers) {
    this.#timesliceMs = options.timesliceMs
    this.#wanted = options.mimeType ?? pickMimeType(stream)
    this.#recorder = new MediaRecorder(stream, recorderOptions(this.#wanted, options))
    this.#recorder.ondataavailable = ({ data }) => {
      if (data.size > 0) handlers.slice(data)
    }
    this.#recorder.onerror = () => {
      this.#failed = true
    }
    this.#recorder.onstop = () => handlers.ended(this.#failed)
  }

  /** As it really writes; never what was asked for. Known once it runs. */
  get mimeType(): string {
    return this.#recorder.mimeType
  }

  /** Resolves when capture runs. */
  async start(): Promise<void> {
    await prepareCutting(this.#wanted)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#recorder.addEventListener('start', () => resolve(), { once: true })
    this.#recorder.addEventListener('error', (event) => reject(errorOf(event)), { once: true })
    this.#recorder.start(this.#timesliceMs)
    await promise
  }

  /** Hands out what is inside as a slice; nothing while paused or ended. */
  requestData(): void {
    if (this.#recorder.state === 'recording') this.#recorder.requestData()
  }

  /** `pause` keeps up to one timeslice inside: ask for it first. */
  pause(): void {
    if (this.#recorder.state !== 'recording') return
    this.#recorder.requestData()
    this.#recorder.pause()
  }

  resume(): void {
    if (this.#recorder.state === 'paused') this.#recorder.resume()
  }

  /** The last slice and `ended` follow. */
  stop(): void {
    if (this.#recorder.state !== 'inactive') this.#recorder.stop()
  }
}

function recorderOptions(
  mimeType: string | undefined,
  options: RecorderOptions,
): MediaRecorderOptions {
  const { videoBitsPerSecond, audioBitsPerSecond, keyframeIntervalMs } = options
  return {
    ...(mimeType ? { mimeType } : {}),
    ...(videoBitsPerSecond ? { videoBitsPerSecond } : {}),
    ...(audioBitsPerSecond ? { audioBitsPerSecond } : {}),
    // Not in TypeScript's library yet. Without it a seek, or a gap, costs up to 5 s of video.
    ...{ videoKeyFrameIntervalDuration: keyframeIntervalMs },
  }
}

function errorOf(event: Event): unknown {
  return 'error' in event ? event.error : new DOMException('The recorder failed.', 'UnknownError')
}
