// The network between pages and instances, with a balancer that sends each connection and each request to any instance
// that listens. It delays, cuts, loses and repeats; within one connection it keeps the order, as TCP does.
import type { Witness } from '../check/witness.ts'
import type { Process } from '../engine/process.ts'
import { currentProcess, world } from '../engine/scheduler.ts'
import type { Instance } from '../world/instance.ts'

export type Request = {
  method: string
  path: string
  body: Uint8Array
  who: string
  token?: string | null
}
export type Answer = { status: number; body: unknown; retryAfterS?: number | undefined }

export type LineTrouble = {
  /** Nothing gets through, and nobody is told. */
  isDead: boolean
  /** Share of requests that are lost on the way there, and of answers on the way back. */
  loss: number
  /** Added to every delivery. */
  slowMs: number
  /** WebSockets are refused, as by some proxies. */
  refusesSockets: boolean
}

/** Like the least that a client waits before it gives a call up. */
const NEVER_MS = 15_000

export class Network {
  readonly trouble: LineTrouble = { isDead: false, loss: 0, slowMs: 0, refusesSockets: false }
  readonly connections = new Set<{
    cut(): void
    readonly page: Process
    readonly instance: Instance
  }>()
  /** Requests as they came, for whoever repeats them later. */
  readonly seen: Request[] = []
  /** Hears every word between pages and instances. */
  readonly witness: Witness
  #instances: () => readonly Instance[] = () => []

  constructor(witness: Witness) {
    this.witness = witness
  }

  attach(instances: () => readonly Instance[]): void {
    this.#instances = instances
  }

  get delayMs(): number {
    return world().random.between(1, 20) + this.trouble.slowMs * world().random.fraction()
  }

  /** An instance that accepts connections; one that is stopped does too, it only never answers. */
  balance(): Instance | null {
    const listening = this.#instances().filter(({ isListening }) => isListening)
    return listening.length === 0 ? null : world().random.pick(listening)
  }

  /** As `fetch` of a page. */
  fetch(url: URL, options: RequestInit): Promise<Response> {
    const process = currentProcess()
    const { method = 'GET', signal } = options
    const request = { method, path: url.pathname, body: bytesOf(options.body), who: process.name }
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason))
      this.#exchange(request, process, (answer) => {
        if (answer) resolve(responseOf(answer))
        else reject(new TypeError('Failed to fetch'))
      })
    })
  }

  /** Whose answer nobody waits for: a beacon, a rogue, an echo. */
  sendOnly(request: Request, onAnswer: (answer: Answer | null) => void = () => undefined): void {
    this.#exchange(request, null, onAnswer)
  }

  #exchange(request: Request, from: Process | null, done: (answer: Answer | null) => void): void {
    const { random } = world()
    const refuse = () => world().after(this.delayMs, () => done(null), from)
    world().after(this.delayMs, () => {
      if (this.trouble.isDead) return void world().after(NEVER_MS, () => done(null), from)
      const instance = this.balance()
      if (!instance || random.chance(this.trouble.loss)) return refuse()
      this.seen.push(request)
      this.witness.requested(request)
      const { process } = instance
      const back = (answer: Answer) => {
        this.witness.answered(request, answer)
        if (this.trouble.isDead || random.chance(this.trouble.loss)) return refuse()
        world().after(this.delayMs, () => done(answer), from)
      }
      process.onDeath(() => refuse())
      world().after(0, () => void instance.answer(request).then(back), process)
    })
  }
}

function bytesOf(body: unknown): Uint8Array {
  if (typeof body === 'string') return new TextEncoder().encode(body)
  return body instanceof Uint8Array ? body : new Uint8Array(0)
}

/** As much of a Response as the client reads. */
function responseOf({ status, body, retryAfterS }: Answer): Response {
  const text = JSON.stringify(body)
  const headers = new Map(retryAfterS === undefined ? [] : [['retry-after', String(retryAfterS)]])
  const response = {
    ok: status < 400,
    status,
    headers: { get: (name: string) => headers.get(name.toLowerCase()) ?? null },
    json: async (): Promise<unknown> => JSON.parse(text),
  }
  return response as unknown as Response
}
