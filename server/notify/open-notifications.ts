// What notifications need, made from the settings: the mail server, and the secret that signs webhooks.
import { type Db, sharedSecret } from '@holdfast/db'
import type { SignedLinks } from '../access/signed-links.ts'
import type { Config } from '../config.ts'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import { SmtpMailer } from './mailer.ts'
import { Notifications } from './notifications.ts'

type Base = {
  config: Pick<Config, 'notify' | 'sweepMs'>
  db: Db
  links: SignedLinks
  log: Log
  metrics: Metrics
}

/** A receiver that needs longer should take the message first and work on it afterwards. */
const WEBHOOK_TIMEOUT_MS = 15_000

export async function openNotifications({ config, ...base }: Base) {
  const { smtpUrl, mailFrom, mailLanguage, publicUrl, webhookHosts, webhookSecret } = config.notify
  const secret = webhookSecret ?? (await madeSecret(base.db))
  const notifications = new Notifications({
    ...base,
    ...{ publicUrl, mailLanguage, everyMs: config.sweepMs },
    webhook: { secret, allowedHosts: webhookHosts, timeoutMs: WEBHOOK_TIMEOUT_MS },
    mailer: smtpUrl === null ? null : new SmtpMailer(smtpUrl, mailFrom),
  })
  return { notifications, webhookSecret: secret }
}

async function madeSecret(db: Db): Promise<string> {
  const { secret } = await sharedSecret(db, 'webhooks')
  return `whsec_${Buffer.from(secret).toString('base64')}`
}
