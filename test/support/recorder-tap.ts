// Sees what the browser's recorder really produced, apart from everything Holdfast does with it: the only
// ground on which a test can say that nothing is missing.
import type { BrowserContext } from 'playwright-core'

export type TappedSlice = { recorder: number; bytes: Buffer; atMs: number }

export type RecorderTap = {
  /** Every slice that any page of the context was given, in order of delivery. */
  readonly slices: TappedSlice[]
  /** When each recorder was told to begin and to stop, by Date.now() in its page. */
  readonly startedAtMs: number[]
  readonly stoppedAtMs: number[]
  /** The bytes of one recorder (0 = the first), joined as they came. */
  joined(recorder: number): Buffer
}

type TapOptions = { videoBitsPerSecond?: number }

/** Wraps MediaRecorder in every page of the context; what the page sees is the real one. */
export async function tapRecorder(
  context: BrowserContext,
  options: TapOptions = {},
): Promise<RecorderTap> {
  const slices: TappedSlice[] = []
  const startedAtMs: number[] = []
  const stoppedAtMs: number[] = []
  const recorders = new Map<string, number>()
  const numberOf = (key: string): number => {
    const number = recorders.get(key) ?? recorders.size
    recorders.set(key, number)
    return number
  }
  await context.exposeFunction('holdfastTapSlice', (key: string, base64: string) => {
    const bytes = Buffer.from(base64, 'base64')
    slices.push({ recorder: numberOf(key), bytes, atMs: Date.now() })
  })
  await context.exposeFunction('holdfastTapTime', (key: string, what: string, atMs: number) => {
    const times = what === 'start' ? startedAtMs : stoppedAtMs
    times[numberOf(key)] = atMs
  })
  await context.addInitScript(wrapRecorder, options)
  return {
    slices,
    startedAtMs,
    stoppedAtMs,
    joined: (recorder) =>
      Buffer.concat(slices.filter((s) => s.recorder === recorder).map((s) => s.bytes)),
  }
}

/** Runs in the page. */
function wrapRecorder(overrides: TapOptions): void {
  type Tap = {
    holdfastTapSlice: (key: string, base64: string) => Promise<void>
    holdfastTapTime: (key: string, what: 'start' | 'stop', atMs: number) => Promise<void>
  }
  const { holdfastTapSlice, holdfastTapTime } = window as unknown as Tap
  const toBase64 = (bytes: Uint8Array) => {
    let text = ''
    for (let at = 0; at < bytes.length; at += 8192) {
      text += String.fromCharCode(...bytes.subarray(at, at + 8192))
    }
    return btoa(text)
  }
  window.MediaRecorder = class extends MediaRecorder {
    readonly #key = crypto.randomUUID()

    constructor(stream: MediaStream, options: MediaRecorderOptions = {}) {
      super(stream, { ...options, ...overrides })
      let chain = Promise.resolve()
      this.addEventListener('dataavailable', (event) => {
        // One after another: a small slice must not overtake a large one on its way out.
        chain = chain.then(async () => {
          const bytes = new Uint8Array(await event.data.arrayBuffer())
          if (bytes.length > 0) await holdfastTapSlice(this.#key, toBase64(bytes))
        })
      })
    }

    /** Its event may come a second after the first picture of the file. */
    override start(timeslice?: number): void {
      void holdfastTapTime(this.#key, 'start', Date.now())
      super.start(timeslice)
    }

    override stop(): void {
      void holdfastTapTime(this.#key, 'stop', Date.now())
      super.stop()
    }
  }
}
