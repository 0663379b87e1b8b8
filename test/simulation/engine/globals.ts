// What code takes from its surroundings without asking: timers, clocks, chance, the browser's objects. Inside a simulated
// world each of them belongs to the process whose code runs.
import { createHash } from 'node:crypto'
import { PageRecorder } from '../browser/page-recorder.ts'
import { PageSocket } from '../network/page-socket.ts'
import { currentProcess, EPOCH, maybeProcess, world } from './scheduler.ts'

/** What `setTimeout` gives back. */
class Timer {
  readonly #clear: () => void

  constructor(clear: () => void) {
    this.#clear = clear
  }

  clear(): void {
    this.#clear()
  }

  unref(): this {
    return this
  }
}

type Callback = (...given: unknown[]) => void

function setTimer(run: Callback, delayMs = 0, ...given: unknown[]): Timer {
  const process = currentProcess()
  const id = process.setTimer(() => run(...given), delayMs)
  return new Timer(() => process.clearTimer(id))
}

function setRepeating(run: Callback, everyMs = 0, ...given: unknown[]): Timer {
  const process = currentProcess()
  let id = 0
  const again = () => {
    id = process.setTimer(() => {
      again()
      run(...given)
    }, everyMs)
  }
  again()
  return new Timer(() => process.clearTimer(id))
}

const clearTimer = (timer?: Timer | null): void => timer?.clear()

const wallClock = (): number => EPOCH + world().now + (maybeProcess()?.clockSkewMs ?? 0)

const RealDate = Date

class SimulatedDate extends RealDate {
  constructor(...given: [] | [number]) {
    if (given.length === 0) super(Math.floor(wallClock()))
    else super(...given)
  }

  static override now(): number {
    return Math.floor(wallClock())
  }
}

const chance = {
  getRandomValues: <T extends Uint8Array>(bytes: T): T => world().random.fill(bytes),
  subtle: {
    digest: async (_name: string, bytes: Uint8Array) =>
      new Uint8Array(createHash('sha256').update(bytes).digest()).buffer,
  },
}

function timeoutSignal(delayMs: number): AbortSignal {
  const controller = new AbortController()
  setTimer(() => controller.abort(new DOMException('Too late.', 'TimeoutError')), delayMs)
  return controller.signal
}

const device = () => {
  const { device: found } = currentProcess().surroundings
  if (!found) throw new Error(`${currentProcess().name} is no page`)
  return found
}

/** `window` and `document` of whichever page asks. */
const page = {
  visibilityState: 'visible',
  addEventListener: (...given: Parameters<EventTarget['addEventListener']>) =>
    currentProcess().events.addEventListener(...given),
  removeEventListener: (...given: Parameters<EventTarget['removeEventListener']>) =>
    currentProcess().events.removeEventListener(...given),
}

const browser = {
  get locks() {
    return device().locks
  },
  sendBeacon: (url: URL, body: Blob) => device().beacon(url, body),
}

const keyRange = { bound: (lower: unknown, upper: unknown) => ({ lower, upper }) }

/** From now on, in this thread. There is no way back: a program that simulates does nothing else. */
export function installGlobals(): void {
  const replaced: Record<string, unknown> = {
    setTimeout: setTimer,
    setInterval: setRepeating,
    setImmediate: (run: Callback, ...given: unknown[]) => setTimer(run, 0, ...given),
    clearTimeout: clearTimer,
    clearInterval: clearTimer,
    clearImmediate: clearTimer,
    Date: SimulatedDate,
    crypto: chance,
    fetch: (url: URL, options: RequestInit = {}) =>
      currentProcess().surroundings.network.fetch(url, options),
    WebSocket: PageSocket,
    MediaRecorder: PageRecorder,
    // Pages fall back to their own timers.
    Worker: undefined,
    IDBKeyRange: keyRange,
    navigator: browser,
    window: page,
    document: page,
    reportError: (error: unknown) => world().fail(`reported: ${String(error)}`),
  }
  for (const [name, value] of Object.entries(replaced)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  }
  performance.now = () => maybeProcess()?.age ?? world().now
  Math.random = () => world().random.fraction()
  AbortSignal.timeout = timeoutSignal
}
