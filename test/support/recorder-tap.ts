// Sees what the browser's recorder really produced, apart from everything Holdfast does with it: the only
// ground on which a test can say that nothing is missing.
import type { BrowserContext } from 'playwright-core'

export type TappedSlice = { recorder: number; bytes: Buffer; atMs: number }

export type RecorderTap = {
  /** Every slice that any page of the context was given, in order of delivery. */
  readonly slices: TappedSlice[]
  /** When each recorder began, by Date.now(). */
  readonly startedAtMs: number[]
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
  const recorders = new Map<string, number>()
  await context.exposeFunction('holdfastTap', (key: string, base64: string) => {
    if (!recorders.has(key)) recorders.set(key, recorders.size)
    const recorder = recorders.get(key) ?? 0
    if (base64 === '') startedAtMs[recorder] = Date.now()
    else slices.push({ recorder, bytes: Buffer.from(base64, 'base64'), atMs: Date.now() })
  })
  await context.addInitScript(wrapRecorder, options)
  return {
    slices,
    startedAtMs,
    joined: (recorder) =>
      Buffer.concat(slices.filter((s) => s.recorder === recorder).map((s) => s.bytes)),
  }
}

/** Runs in the page. */
function wrapRecorder(overrides: TapOptions): void {
  type Tap = { holdfastTap: (key: string, base64: string) => Promise<void> }
  const toBase64 = (bytes: Uint8Array) => {
    let text = ''
    for (let at = 0; at < bytes.length; at += 8192) {
      text += String.fromCharCode(...bytes.subarray(at, at + 8192))
    }
    return btoa(text)
  }
  window.MediaRecorder = class extends MediaRecorder {
    constructor(stream: MediaStream, options: MediaRecorderOptions = {}) {
      super(stream, { ...options, ...overrides })
      const key = crypto.randomUUID()
      const { holdfastTap } = window as unknown as Tap
      let chain = Promise.resolve()
      this.addEventListener('start', () => void holdfastTap(key, ''))
      this.addEventListener('dataavailable', (event) => {
        // One after another: a small slice must not overtake a large one on its way out.
        chain = chain.then(async () => {
          const bytes = new Uint8Array(await event.data.arrayBuffer())
          if (bytes.length > 0) await holdfastTap(key, toBase64(bytes))
        })
      })
    }
  }
}
