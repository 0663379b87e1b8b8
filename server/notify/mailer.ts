// The mail server, through nodemailer: one message a call, and what the server says of it.
import { HoldfastError } from '@holdfast/protocol'
import { createTransport, type Transporter } from 'nodemailer'
import type { MailText } from './mail-text.ts'

export type MailMessage = MailText & { readonly to: string; readonly messageId: string }

export interface Mailer {
  /**
   * Resolves with the server's code when it has taken the message.
   * @throws HoldfastError `mail_refused` for good, `mail_failed` when it may be taken later
   */
  send(message: MailMessage): Promise<number>
  close(): void
}

/** A mail server that is silent for so long is away. */
const TIMEOUT_MS = 20_000

export class SmtpMailer implements Mailer {
  readonly #transport: Transporter
  readonly #from: string

  /** @param url of the server, with the password in it if it wants one */
  constructor(url: string, from: string) {
    const bounds = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS }
    this.#transport = createTransport({ url, ...bounds, socketTimeout: TIMEOUT_MS })
    this.#from = from
  }

  async send({ to, messageId, subject, text, html }: MailMessage): Promise<number> {
    try {
      const sent = await this.#transport.sendMail({
        ...{ from: this.#from, to, subject, text, html },
        // The same at every attempt: a receiver that got it twice shows it once.
        messageId: `<${messageId}@holdfast>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      })
      return Number.parseInt(String(sent.response), 10) || 250
    } catch (cause) {
      throw failure(cause as Error & { code?: string; responseCode?: number })
    }
  }

  close(): void {
    this.#transport.close()
  }
}

/** What a server says of the message itself is final; of the connection or of our sign-in it is not. */
function failure(cause: Error & { code?: string; responseCode?: number }): HoldfastError {
  const isFinal = ['EENVELOPE', 'EMESSAGE'].includes(cause.code ?? '') && isPermanent(cause)
  const details = { answer: cause.responseCode ?? null }
  const message = cause.message.slice(0, MOST_CHARS)
  return new HoldfastError(isFinal ? 'mail_refused' : 'mail_failed', { message, details, cause })
}

const isPermanent = ({ responseCode }: { responseCode?: number }) => (responseCode ?? 0) >= 500
const MOST_CHARS = 300
