// One POST to a webhook, signed as standardwebhooks.com says. Follows no redirect, reads little of the answer, and waits
// for nobody for long.
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { HoldfastError } from '@holdfast/protocol'
import { Webhook } from 'standardwebhooks'
import { checkWebhookUrl, isAllowedHost, lookupPublic } from './public-address.ts'

export type WebhookMessage = {
  readonly url: string
  readonly messageId: string
  readonly body: string
  readonly sentAt: Date
}

export type WebhookOptions = {
  /** `whsec_` and base64, as receivers hold it. */
  readonly secret: string
  readonly allowedHosts: readonly string[]
  readonly timeoutMs: number
}

/**
 * Resolves with the status of the answer, whatever it is.
 * @throws HoldfastError `webhook_refused`, and what the connection throws
 */
export async function sendWebhook(
  message: WebhookMessage,
  options: WebhookOptions,
  signal: AbortSignal,
): Promise<number> {
  const url = checkWebhookUrl(message.url, options.allowedHosts)
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest
  const until = AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs)])
  return await new Promise<number>((resolve, reject) => {
    const sent = request(url, {
      method: 'POST',
      // A connection that is kept would go to the address of the call before.
      agent: false,
      headers: headersOf(message, options.secret),
      ...(isAllowedHost(url, options.allowedHosts) ? {} : { lookup: lookupPublic }),
    })
    const abort = () => sent.destroy(new Error(`No answer within ${options.timeoutMs} ms.`))
    until.addEventListener('abort', abort, { once: true })
    sent.once('close', () => until.removeEventListener('abort', abort))
    sent.once('response', (answer) => resolve(statusOf(answer, sent)))
    sent.once('error', reject)
    sent.end(message.body)
  }).catch((cause: unknown) => {
    if (cause instanceof HoldfastError) throw cause
    throw new HoldfastError('webhook_failed', { message: String((cause as Error).message), cause })
  })
}

/** The answer's body tells nothing that is needed, and may be endless. */
function statusOf(answer: IncomingMessage, sent: ClientRequest): number {
  answer.once('error', () => undefined)
  answer.resume()
  sent.destroy()
  return answer.statusCode ?? 0
}

function headersOf({ messageId, body, sentAt }: WebhookMessage, secret: string) {
  return {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'user-agent': 'Holdfast',
    'webhook-id': messageId,
    'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(messageId, sentAt, body),
  }
}
