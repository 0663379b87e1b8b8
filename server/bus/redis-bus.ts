// The bus over Redis: one connection that publishes, one that is subscribed. Redis may be away, frozen or started
// anew at any moment: nothing waits for it, nobody but the log and the metrics hears of it, and events are polled
// until it is back.
import { Redis, type RedisOptions } from 'ioredis'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { Bus } from './bus.ts'
import { Coalesced } from './coalesced.ts'

export type RedisBusOptions = {
  /** redis:// or rediss://, with user and password if there are any. */
  url: string
  /** Tells this instance from the others. */
  name: string
  log: Log
  metrics: Metrics
  /** How often a connection that says nothing is asked whether it still is one. @default 5,000 */
  checkMs?: number
}

const CHANNEL = 'holdfast:events'
/** A Redis that takes longer to answer is treated as one that is away. */
const ANSWER_MS = 2000

const SETTINGS = {
  // Every Redis and what is like it speaks this; the newer one would bring nothing here.
  protocol: 2,
  lazyConnect: true,
  connectTimeout: ANSWER_MS,
  // Also of a connection from which packets vanish: it never ends by itself.
  socketTimeout: ANSWER_MS,
  // What could not be told at once need not be told later: everybody looks after an outage.
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  // Done here, since whoever is subscribed again may have missed something.
  autoResubscribe: false,
  retryStrategy: (attempt: number) => Math.min(1000, 50 * 2 ** attempt),
} as const satisfies RedisOptions

export class RedisBus implements Bus {
  readonly #options: RedisBusOptions
  readonly #publisher: Redis
  readonly #subscriber: Redis
  readonly #telling = new Coalesced(() => this.#tell())
  #wake: () => void = () => undefined
  #check: NodeJS.Timeout | undefined
  /** null until the first attempt is over. */
  #isHeard: boolean | null = null
  #isSubscribed = false
  #isClosed = false

  constructor(options: RedisBusOptions) {
    this.#options = options
    this.#publisher = this.#open()
    this.#subscriber = this.#open()
    this.#publisher.on('ready', () => this.#judge())
    this.#subscriber.on('ready', () => void this.#subscribe())
    this.#subscriber.on('message', (_channel, sender) => this.#hear(sender))
  }

  get isAway(): boolean {
    return this.#isHeard !== true
  }

  async listen(wake: () => void): Promise<void> {
    this.#wake = wake
    const { checkMs = 5000 } = this.#options
    const connecting = [this.#publisher, this.#subscriber].map((redis) =>
      redis.connect().catch((error: Error) => this.#lose(error)),
    )
    await Promise.all(connecting)
    this.#check = setInterval(() => void this.#ask(), checkMs)
  }

  publish(): void {
    if (this.#isClosed) return
    this.#wake()
    this.#telling.ask()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#wake = () => undefined
    clearInterval(this.#check)
    await this.#telling.settled()
    this.#publisher.disconnect()
    this.#subscriber.disconnect()
  }

  #open(): Redis {
    const redis = new Redis(this.#options.url, SETTINGS)
    // Without a listener the driver prints every attempt.
    redis.on('error', (error: Error) => this.#lose(error))
    redis.on('close', () => this.#lose(new Error('The connection to Redis ended.')))
    return redis
  }

  async #subscribe(): Promise<void> {
    try {
      await this.#subscriber.subscribe(CHANNEL)
      this.#isSubscribed = true
      this.#judge()
    } catch (error) {
      this.#lose(error)
    }
  }

  /** Both ways work: says so where they did not before, and looks for what was missed. */
  #judge(): void {
    const works = this.#isSubscribed && this.#publisher.status === 'ready'
    if (!works || this.#isHeard === true || this.#isClosed) return
    const wasAway = this.#isHeard === false
    this.#isHeard = true
    this.#options.metrics.busAway.set(0)
    if (wasAway) this.#options.log.info({}, 'Redis is back')
    this.#wake()
  }

  #lose(error: unknown): void {
    if (this.#subscriber.status !== 'ready') this.#isSubscribed = false
    if (this.#isHeard === false || this.#isClosed) return
    this.#isHeard = false
    const { log, metrics } = this.#options
    metrics.busAway.set(1)
    log.warn({ error }, 'Redis is away: events are polled until it is back, nothing else changes')
  }

  #hear(sender: string): void {
    if (sender === this.#options.name) return
    this.#options.metrics.busHeard.inc()
    this.#wake()
  }

  async #tell(): Promise<void> {
    const { name, metrics } = this.#options
    if (this.#publisher.status !== 'ready') return
    try {
      await this.#publisher.publish(CHANNEL, name)
      metrics.busSent.inc()
    } catch (error) {
      this.#lose(error)
    }
  }

  /** Whoever says nothing is not missed: only an answer that does not come ends a connection. */
  async #ask(): Promise<void> {
    const ready = [this.#publisher, this.#subscriber].filter((redis) => redis.status === 'ready')
    await Promise.all(ready.map((redis) => redis.ping().catch((error) => this.#lose(error))))
  }
}
