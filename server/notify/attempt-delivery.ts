// One attempt at one delivery, and what becomes of it: taken, given up, or tried again after growing pauses. Whatever happens is
// in its log.
import {
  type Db,
  type DeliveryAttempt,
  type DeliveryClaim,
  type DeliveryEnd,
  releaseDelivery,
  settleDelivery,
} from '@holdfast/db'
import { HoldfastError, type HoldfastEvent } from '@holdfast/protocol'
import { MAX_LINK_HOURS, type SignedLinks } from '../access/signed-links.ts'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import { chooseMail } from './choose-mail.ts'
import { type MailLink, writeMail } from './mail-text.ts'
import type { MailLanguage } from './mail-words.ts'
import type { Mailer } from './mailer.ts'
import { sendWebhook, type WebhookOptions } from './send-webhook.ts'

export type DeliveryDeps = {
  readonly db: Db
  readonly webhook: WebhookOptions
  /** null: no mail server is set. */
  readonly mailer: Mailer | null
  readonly links: SignedLinks
  /** Where this server is reached from outside; null = nobody said. */
  readonly publicUrl: string | null
  readonly mailLanguage: MailLanguage
  readonly log: Log
  readonly metrics: Metrics
}

const MINUTE_MS = 60_000
/** As standardwebhooks.com proposes: over three days, most of them on the first. */
export const RETRIES_MS = [
  ...[5000, 5 * MINUTE_MS, 30 * MINUTE_MS],
  ...[2, 5, 10, 14, 20, 24].map((hours) => hours * 60 * MINUTE_MS),
] as const

/** What would fail in the same way again. */
const FINAL = new Set(['webhook_refused', 'webhook_gone', 'mail_refused', 'mail_missing'])

/** Never rejects. `stopping` hands it back. */
export async function attemptDelivery(
  deps: DeliveryDeps,
  claim: DeliveryClaim,
  stopping: AbortSignal,
): Promise<void> {
  const { db, log } = deps
  try {
    const at = new Date().toISOString()
    const startedAt = performance.now()
    const result = await send(deps, claim, stopping).catch((error: unknown) => failed(error))
    if (stopping.aborted && result !== 'nothing' && result.code !== null) {
      await releaseDelivery(db, claim)
      return
    }
    const tookMs = Math.round(performance.now() - startedAt)
    await settle(deps, claim, result === 'nothing' ? null : { at, tookMs, ...result })
  } catch (error) {
    // The lease runs out by itself; then any instance takes it up. The receiver knows the message by its id.
    log.warn({ delivery: claim.id, error }, 'how a delivery ended could not be written down')
  }
}

type Result = Pick<DeliveryAttempt, 'answer' | 'code' | 'message'>

const taken = (answer: number): Result => ({ answer, code: null, message: null })

function failed(error: unknown): Result {
  const { message } = error as Error
  if (!(error instanceof HoldfastError)) return { answer: null, code: 'internal', message }
  const answer = typeof error.details.answer === 'number' ? error.details.answer : null
  return { answer, code: error.code, message }
}

async function send(
  deps: DeliveryDeps,
  claim: DeliveryClaim,
  stopping: AbortSignal,
): Promise<Result | 'nothing'> {
  return claim.channel === 'email' ? await mail(deps, claim) : await post(deps, claim, stopping)
}

async function post(
  deps: DeliveryDeps,
  { event, messageId, target }: DeliveryClaim,
  stopping: AbortSignal,
): Promise<Result> {
  const told = event.type === 'ready' ? { ...event, mediaUrl: linkOf(deps, event) } : event
  const message = { url: target, messageId, body: JSON.stringify(told), sentAt: new Date() }
  const answer = await sendWebhook(message, deps.webhook, stopping)
  if (answer >= 200 && answer < 300) return taken(answer)
  const code = answer === 410 ? 'webhook_gone' : 'webhook_failed'
  throw new HoldfastError(code, { message: `It answered ${answer}.`, details: { answer } })
}

async function mail(deps: DeliveryDeps, claim: DeliveryClaim): Promise<Result | 'nothing'> {
  const { mailer, mailLanguage: language } = deps
  const { event, title, eventAt: startedAt, target: to, messageId } = claim
  const chosen = chooseMail(claim)
  if (!chosen) return 'nothing'
  if (!mailer) throw new HoldfastError('mail_missing')
  const link = pageOf(deps, event)
  const text = writeMail({ mail: chosen, title, startedAt, link, language })
  return taken(await mailer.send({ ...text, to, messageId }))
}

/** A person wants to see it played; of what is not ready there is nothing to see, but whoever may sign in sees more. */
function pageOf({ links, publicUrl }: DeliveryDeps, event: HoldfastEvent): MailLink | null {
  if (publicUrl === null) return null
  if (event.type !== 'ready') return { address: publicUrl, until: null }
  // An e-mail may lie over a weekend before it is read.
  const { url, expiresAt } = links.pageLink(event.id, MAX_LINK_HOURS)
  return { address: new URL(url, publicUrl).href, until: new Date(expiresAt) }
}

/** Where a version can be watched: a path, or an address where the server knows its own. */
function linkOf(
  { links, publicUrl }: DeliveryDeps,
  { id, version }: { id: string; version: number },
): string {
  const path = links.mediaUrl(id, { version })
  return publicUrl === null ? path : new URL(path, publicUrl).href
}

async function settle(
  deps: DeliveryDeps,
  claim: DeliveryClaim,
  attempt: DeliveryAttempt | null,
): Promise<void> {
  const { db, log, metrics } = deps
  const end = attempt ? endOf(claim, attempt) : ({ status: 'skipped' } as const)
  if (!(await settleDelivery(db, claim, { ...end, ...(attempt && { attempt }) }))) return
  const { channel, event, id: delivery } = claim
  metrics.notifications.inc({ channel, outcome: end.status === 'waiting' ? 'again' : end.status })
  const about = { recordingId: event.id, delivery, channel, event: event.type, ...attempt }
  if (end.status === 'failed') log.warn(about, 'a notification was given up; it can be replayed')
  else if (end.status === 'waiting')
    log.warn({ ...about, ...end }, 'a notification will be repeated')
  else if (end.status === 'delivered') log.info(about, 'notified')
}

function endOf({ attempt: tries }: DeliveryClaim, { code }: DeliveryAttempt): DeliveryEnd {
  if (code === null) return { status: 'delivered' }
  const pauseMs = RETRIES_MS[tries - 1]
  if (FINAL.has(code) || pauseMs === undefined) return { status: 'failed' }
  // Receivers that were away together must not be asked together.
  return { status: 'waiting', retryMs: Math.round(pauseMs * (0.8 + 0.4 * Math.random())) }
}
