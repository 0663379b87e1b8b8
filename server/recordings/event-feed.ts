// The outbox as a live stream inside this process: one reader of the database for all who listen. Woken by the
// bus, with a slow poll as the net; gives out events in the outbox's order, each exactly once.
import {
  adoptRestoredEvents,
  type Db,
  type EventCursor,
  FIRST_EVENT,
  hasWithheldEvents,
  type PublishedEvent,
  readEvents,
  readLastEvent,
} from '@holdfast/db'
import type { HoldfastEvent } from '@holdfast/protocol'
import type { Bus } from '../bus/bus.ts'
import type { Log } from '../observe/log.ts'

export type FeedHandler = (event: HoldfastEvent, at: EventCursor) => void

export type EventFeedOptions = {
  db: Db
  bus: Bus
  /** Signs a recording's media link; the outbox keeps none, since links expire. */
  mediaUrl: (recordingId: string, version: number) => string
  log: Log
  /** The net under the bus. @default 2,000 */
  pollMs?: number
}

const PAGE = 500
/** How soon to look again while a running transaction holds back what is committed behind it. */
const WITHHELD_MS = 25
/** While the others are not heard, events of theirs are as late as this. */
const AWAY_MS = 500
/** Everybody. */
const ALL = '*'

export class EventFeed {
  readonly #options: EventFeedOptions
  readonly #handlers = new Map<string, Set<FeedHandler>>()
  #last: EventCursor = FIRST_EVENT
  #timer: NodeJS.Timeout | null = null
  #reading: Promise<void> | null = null
  #isWanted = false
  #isWithheld = false
  #isStopped = false

  constructor(options: EventFeedOptions) {
    this.#options = options
  }

  /** The newest event that was given out. */
  get last(): EventCursor {
    return this.#last
  }

  /** Begins behind the newest event. */
  async start(): Promise<void> {
    await adoptRestoredEvents(this.#db)
    this.#last = await readLastEvent(this.#db)
    await this.#options.bus.listen(() => this.wake())
    this.#schedule()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    if (this.#timer) clearTimeout(this.#timer)
    await this.#reading
  }

  /** Calls `handler` for each event of a recording ('*' = of all) from now on; returns the way to end it. */
  subscribe(recordingId: string, handler: FeedHandler): () => void {
    const handlers = this.#handlers.get(recordingId) ?? new Set()
    this.#handlers.set(recordingId, handlers.add(handler))
    return () => {
      handlers.delete(handler)
      if (handlers.size === 0 && this.#handlers.get(recordingId) === handlers) {
        this.#handlers.delete(recordingId)
      }
    }
  }

  /** A page of events from the past, for one who comes back. */
  async readPast(
    after: EventCursor,
    of: { until: EventCursor; recordingId: string | null },
  ): Promise<PublishedEvent[]> {
    const events = await readEvents(this.#db, { after, ...of, limit: PAGE })
    return events.map((published) => this.#signed(published))
  }

  /** Looks for new events now. */
  wake(): void {
    this.#isWanted = true
    if (this.#reading || this.#isStopped) return
    this.#reading = this.#read().finally(() => {
      this.#reading = null
      this.#schedule()
    })
  }

  get #db(): Db {
    return this.#options.db
  }

  #schedule(): void {
    if (this.#isStopped) return
    if (this.#timer) clearTimeout(this.#timer)
    const { bus, pollMs = 2000 } = this.#options
    const quietMs = bus.isAway ? Math.min(AWAY_MS, pollMs) : pollMs
    const delayMs = this.#isWithheld ? WITHHELD_MS : quietMs
    this.#timer = setTimeout(() => this.wake(), this.#isWanted ? 0 : delayMs)
  }

  async #read(): Promise<void> {
    this.#isWanted = false
    try {
      let page: PublishedEvent[]
      do {
        page = await readEvents(this.#db, { after: this.#last, limit: PAGE })
        for (const published of page) this.#give(this.#signed(published))
      } while (page.length === PAGE && !this.#isStopped)
      this.#isWithheld = await hasWithheldEvents(this.#db)
    } catch (error) {
      this.#options.log.debug({ error }, 'events could not be read, trying again')
    }
  }

  #signed(published: PublishedEvent): PublishedEvent {
    const { event } = published
    if (event.type !== 'ready') return published
    return {
      ...published,
      event: { ...event, mediaUrl: this.#options.mediaUrl(event.id, event.version) },
    }
  }

  #give({ event, ...at }: PublishedEvent): void {
    this.#last = at
    for (const key of [event.id, ALL]) {
      for (const handler of this.#handlers.get(key) ?? []) this.#call(handler, event, at)
    }
  }

  #call(handler: FeedHandler, event: HoldfastEvent, at: EventCursor): void {
    try {
      handler(event, at)
    } catch (error) {
      this.#options.log.error({ recordingId: event.id, error }, 'an event handler failed')
    }
  }
}
