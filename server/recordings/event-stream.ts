// GET /api/events: the outbox as Server-Sent Events. Last-Event-ID resumes without a hole; a reader that is
// too slow is cut off and resumes by itself, so that it never fills memory.
import type { EventCursor } from '@holdfast/db'
import type { HoldfastEvent } from '@holdfast/protocol'
import type { EventFeed } from './event-feed.ts'

export type StreamOptions = {
  feed: EventFeed
  /** null = all recordings. */
  recordingId: string | null
  /** Where the reader was; null = from now on. */
  after: EventCursor | null
  /** Told once, before anything else, to a reader that was nowhere. */
  first: (() => Promise<HoldfastEvent | null>) | null
  /** Aborted when the server stops. */
  stopping: AbortSignal
  onEnd: () => void
}

const MAX_QUEUED = 1000
/** Proxies cut a connection that is silent for 30 to 60 s. */
const HEARTBEAT_MS = 15_000
const RETRY_MS = 1000

const encoder = new TextEncoder()

export function writeEventId({ xid, id }: EventCursor): string {
  return `${xid}-${id}`
}

/** Negative when `a` is told before `b`. */
function compareEvents(a: EventCursor, b: EventCursor): number {
  const [xidA, xidB] = [BigInt(a.xid), BigInt(b.xid)]
  if (xidA !== xidB) return xidA < xidB ? -1 : 1
  return a.id - b.id
}

/** null when it is none of ours: then the reader begins now. */
export function readEventId(text: string | undefined): EventCursor | null {
  const [, xid, id] = /^(\d{1,19})-(\d{1,15})$/.exec(text ?? '') ?? []
  return xid === undefined || id === undefined ? null : { xid, id: Number(id) }
}

export function eventStream(options: StreamOptions): ReadableStream<Uint8Array> {
  const reader = new StreamReader(options)
  return new ReadableStream({
    start: (controller) => reader.start(controller),
    pull: () => reader.pull(),
    cancel: () => reader.end(),
  })
}

class StreamReader {
  readonly #options: StreamOptions
  readonly #queue: string[] = []
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null
  #unsubscribe: () => void = () => undefined
  #heartbeat: NodeJS.Timeout | undefined
  /** Live events wait in the queue until the past is told. */
  #isPast = true
  #isEnded = false
  readonly #onStopping = () => this.end()

  constructor(options: StreamOptions) {
    this.#options = options
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller
    const { feed, recordingId, stopping } = this.#options
    stopping.addEventListener('abort', this.#onStopping, { once: true })
    this.#unsubscribe = feed.subscribe(recordingId ?? '*', (event, at) => {
      if (this.#hasHeard(at)) return
      this.#queue.push(frameOf(event, at))
      if (this.#queue.length > MAX_QUEUED) this.end()
      else this.pull()
    })
    // Nothing is awaited between subscribing and this: no event falls between past and present.
    const until = feed.last
    this.#heartbeat = setInterval(() => this.#write(': still here\n\n'), HEARTBEAT_MS)
    controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`))
    this.#tellPast(until).then(
      () => this.pull(),
      () => this.end(),
    )
  }

  /** The consumer has room, or something came. */
  pull(): void {
    if (this.#isPast) return
    while (this.#queue.length > 0 && (this.#controller?.desiredSize ?? 0) > 0) {
      this.#write(this.#queue.shift() ?? '')
    }
  }

  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#unsubscribe()
    this.#options.stopping.removeEventListener('abort', this.#onStopping)
    clearInterval(this.#heartbeat)
    this.#options.onEnd()
    try {
      this.#controller?.close()
    } catch {
      // The consumer cancelled: it is closed already.
    }
  }

  /** Another instance may have been ahead of this one: what it told is not told again. */
  #hasHeard(at: EventCursor): boolean {
    const { after } = this.#options
    return after !== null && compareEvents(at, after) <= 0
  }

  async #tellPast(until: EventCursor): Promise<void> {
    const { feed, recordingId, after, first } = this.#options
    let at = after
    while (at !== null && !this.#isEnded) {
      const page = await feed.readPast(at, { until, recordingId })
      for (const { event, ...place } of page) {
        this.#write(frameOf(event, place))
        await this.#room()
      }
      at = page.at(-1) ?? null
    }
    const now = after === null ? await first?.() : null
    if (now) this.#write(`data: ${JSON.stringify(now)}\n\n`)
    this.#isPast = false
  }

  /** Holds the past back while the consumer is slower than the database. */
  async #room(): Promise<void> {
    while (!this.#isEnded && (this.#controller?.desiredSize ?? 1) < -MAX_QUEUED) {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  #write(text: string): void {
    if (!this.#isEnded) this.#controller?.enqueue(encoder.encode(text))
  }
}

function frameOf(event: HoldfastEvent, at: EventCursor): string {
  // No `event:` line: EventSource would hide named events from `onmessage`; the type is in the data.
  return `id: ${writeEventId(at)}\ndata: ${JSON.stringify(event)}\n\n`
}
