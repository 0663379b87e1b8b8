// The settings of webhooks and e-mails, and what they become.
import * as v from 'valibot'
import { list, urlOf } from '../config-text.ts'
import { setting } from '../setting.ts'
import { MAIL_LANGUAGES, type MailLanguage } from './mail-words.ts'
import { checkWebhookUrl } from './public-address.ts'

const email = v.pipe(v.string(), v.email('must be an e-mail address'))
const oneLine = v.pipe(v.string(), v.regex(/^[^\r\n]+$/, 'must be one line'))
const secret = v.pipe(
  v.string(),
  v.regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, 'must be whsec_ and base64 of 24 to 64 bytes'),
)

export const NOTIFY_SETTINGS = {
  SMTP_URL: setting(null, urlOf('smtp', 'smtps'), {
    description: 'Mail server for notifications: smtp://user:password@host:587, or smtps://.',
    byDefault: 'none',
    reason:
      'Without one no e-mail is sent; those that recordings ask for are kept and can be replayed.',
  }),
  HOLDFAST_MAIL_FROM: setting('Holdfast <holdfast@localhost>', oneLine, {
    description: 'Sender of the e-mails.',
    byDefault: 'Holdfast <holdfast@localhost>',
    reason: 'Most mail servers take only senders that they know.',
  }),
  HOLDFAST_MAIL_LANGUAGE: setting('en', v.picklist(MAIL_LANGUAGES, 'must be en or de'), {
    description: 'Language of the e-mails: en or de.',
    byDefault: 'en',
    reason: 'Nobody’s browser is there to be asked when an e-mail is written.',
  }),
  HOLDFAST_PUBLIC_URL: setting(null, urlOf('http', 'https'), {
    description: 'Where people reach this server: links in e-mails and webhooks begin with it.',
    byDefault: 'none: webhooks have paths, e-mails no links',
    reason: 'Behind a proxy a server cannot know its own name.',
  }),
  HOLDFAST_NOTIFY_EMAIL: setting(null, email, {
    description: 'Who gets the e-mails of recordings that name nobody.',
    byDefault: 'none',
    reason: 'For one person, or an operator who wants to know.',
  }),
  HOLDFAST_NOTIFY_WEBHOOK: setting(null, urlOf('http', 'https'), {
    description: 'Where the events of recordings go that name no webhook.',
    byDefault: 'none',
    reason: 'An application then need not name it with every recording.',
  }),
  HOLDFAST_WEBHOOK_HOSTS: setting([], list, {
    description:
      'Hosts (host or host:port) that webhooks may reach although they are not public, or by http.',
    byDefault: 'public https only',
    reason: 'Who may create recordings must not reach into the server’s own network.',
  }),
  HOLDFAST_WEBHOOK_SECRET: setting(null, secret, {
    description: 'Secret that signs webhooks, as receivers hold it: whsec_ and base64.',
    byDefault: 'made at the first start; GET /api/webhook-secret tells it',
    reason: 'Configured only where receivers must not change when the database does.',
  }),
} as const

export type NotifyConfig = {
  readonly smtpUrl: string | null
  readonly mailFrom: string
  readonly mailLanguage: MailLanguage
  readonly publicUrl: string | null
  /** For recordings that name nobody. */
  readonly byDefault: { email?: string; webhook?: string } | null
  readonly webhookHosts: readonly string[]
  readonly webhookSecret: string | null
}

type NotifyValues = {
  readonly [N in keyof typeof NOTIFY_SETTINGS]: N extends 'HOLDFAST_WEBHOOK_HOSTS'
    ? readonly string[]
    : N extends 'HOLDFAST_MAIL_LANGUAGE'
      ? MailLanguage
      : N extends 'HOLDFAST_MAIL_FROM'
        ? string
        : string | null
}

/** @throws HoldfastError `webhook_refused` for an address that could never be reached */
export function notifyConfig(values: NotifyValues): NotifyConfig {
  const { HOLDFAST_NOTIFY_EMAIL: email, HOLDFAST_NOTIFY_WEBHOOK: webhook } = values
  const webhookHosts = values.HOLDFAST_WEBHOOK_HOSTS.map((host) => host.toLowerCase())
  if (webhook !== null) checkWebhookUrl(webhook, webhookHosts)
  const byDefault = { ...(email !== null && { email }), ...(webhook !== null && { webhook }) }
  return {
    smtpUrl: values.SMTP_URL,
    mailFrom: values.HOLDFAST_MAIL_FROM,
    mailLanguage: values.HOLDFAST_MAIL_LANGUAGE,
    publicUrl: values.HOLDFAST_PUBLIC_URL,
    byDefault: email === null && webhook === null ? null : byDefault,
    webhookHosts,
    webhookSecret: values.HOLDFAST_WEBHOOK_SECRET,
  }
}
