// Webhooks and e-mails, put together: what the outbox queued is taken by every instance and told to the outside. Nothing here stands
// between a person and their recording.
import {
  claimDeliveries,
  dropOldDeliveries,
  isDatabaseAway,
  isTold,
  replayDelivery,
} from '@holdfast/db'
import { HoldfastError, type HoldfastEvent } from '@holdfast/protocol'
import { Lane } from '../jobs/lane.ts'
import { attemptDelivery, type DeliveryDeps } from './attempt-delivery.ts'

export type NotificationOptions = DeliveryDeps & {
  /** How often to look when nothing pokes. */
  readonly everyMs: number
}

/** At once here: receivers are slow, and mail servers count connections. */
const SLOTS = 8
/** Much longer than any attempt may take. */
const LEASE_MS = 120_000
/** How long the log of what has ended is kept. */
const KEEP_DAYS = 30
const CLEAN_EVERY_MS = 3_600_000
const DROPS_PER_ROUND = 10_000

export class Notifications {
  readonly #options: NotificationOptions
  readonly #lane: Lane<Awaited<ReturnType<typeof claimDeliveries>>[number]>
  #cleaning: NodeJS.Timeout | null = null

  constructor(options: NotificationOptions) {
    const { db, everyMs, log } = options
    this.#options = options
    this.#lane = new Lane({
      ...{ slots: SLOTS, everyMs, log },
      claim: (limit) => claimDeliveries(db, { leaseMs: LEASE_MS, limit }),
      attempt: (claim, stopping) => attemptDelivery(options, claim, stopping),
    })
  }

  start(): void {
    this.#lane.poke()
    this.#cleaning = setInterval(() => void this.#dropOld(), CLEAN_EVERY_MS)
    this.#cleaning.unref()
  }

  /** Looks now when the event can have queued anything: how jobs go on is no news for the outside. */
  heard({ type }: HoldfastEvent): void {
    if (isTold(type)) this.#lane.poke()
  }

  /** @throws HoldfastError `not_found`: there is none, or it has not ended */
  async replay(id: number): Promise<void> {
    if (!(await replayDelivery(this.#options.db, id))) throw new HoldfastError('not_found')
    this.#lane.poke()
  }

  async stop(): Promise<void> {
    if (this.#cleaning) clearInterval(this.#cleaning)
    await this.#lane.stop()
    this.#options.mailer?.close()
  }

  async #dropOld(): Promise<void> {
    const { db, log } = this.#options
    try {
      await dropOldDeliveries(db, KEEP_DAYS, DROPS_PER_ROUND)
    } catch (error) {
      if (!isDatabaseAway(error)) log.warn({ error }, 'old notifications could not be dropped')
    }
  }
}
