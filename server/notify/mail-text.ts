// An e-mail from what happened, as text and as HTML of the same words. Says what is there and what is missing, exactly, and one
// thing that can be done.
import type { Mail, ReadyEvent } from './choose-mail.ts'
import { MAIL_WORDS, type MailLanguage, type MailWords, type Said } from './mail-words.ts'

export type MailText = { subject: string; text: string; html: string }

export type MailLink = {
  /** Absolute. */
  readonly address: string
  /** null: for ever. */
  readonly until: Date | null
}

export type MailFacts = {
  readonly mail: Mail
  readonly title: string | null
  readonly startedAt: Date
  /** null where the server does not know its own address. */
  readonly link: MailLink | null
  readonly language: MailLanguage
}

export function writeMail({ mail, title, startedAt, link, language }: MailFacts): MailText {
  const words = MAIL_WORDS[language]
  const day = words.day(startedAt)
  const { subject, lines } = say(words, mail, title ? words.titled(title) : words.untitled(day))
  const action = mail.kind === 'failed' ? words.open : words.watch
  const until = link?.until ? [words.worksUntil(words.day(link.until))] : []
  const about = [words.recorded(day), ...until].join(' ')
  return {
    // A title with a line break must not become a header.
    subject: subject.replace(/\s+/g, ' '),
    text: [...lines, ...(link ? [`${action}: ${link.address}`] : []), about].join('\n\n'),
    html: htmlOf(lines, { about, link, action, language }),
  }
}

function say(words: MailWords, mail: Mail, name: string): Said {
  if (mail.kind === 'failed') return words.failed({ name, reason: mail.message })
  const { durationMs, gaps } = mail.event
  const length = durationMs === null ? null : clock(durationMs)
  return words[mail.kind]({ name, length, missing: missingOf(words, gaps) })
}

type Gaps = ReadyEvent['gaps']

function missingOf(words: MailWords, gaps: Gaps): string {
  if (gaps.length === 0) return words.nothingMissing
  const places = gaps.slice(0, MOST_PLACES).map((gap) => placeOf(words, gap))
  return words.missing(places, gaps.length - places.length)
}

const MOST_PLACES = 5

function placeOf(words: MailWords, { fromMs, toMs }: Gaps[number]): string {
  if (fromMs === null) return words.beginning
  return toMs === null ? words.endFrom(clock(fromMs)) : words.between(clock(fromMs), clock(toMs))
}

/** `0:05`, `12:34`, `1:02:03`. */
function clock(ms: number): string {
  const [hours, minutes, seconds] = new Date(ms).toISOString().slice(11, 19).split(':').map(Number)
  const all = (hours ?? 0) + 24 * Math.floor(ms / 86_400_000)
  const two = (value = 0) => String(value).padStart(2, '0')
  return all > 0 ? `${all}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`
}

type Around = Pick<MailFacts, 'link' | 'language'> & { about: string; action: string }

function htmlOf(lines: readonly string[], { about, link, action, language }: Around): string {
  const paragraphs = lines.map((line) => `<p>${escapeHtml(line)}</p>`)
  const button = link
    ? [`<p><a href="${escapeHtml(link.address)}" style="${BUTTON}">${escapeHtml(action)}</a></p>`]
    : []
  const small = `<p style="color:#5c6461;font-size:14px">${escapeHtml(about)}</p>`
  return `<!doctype html><html lang="${language}"><body style="${BODY}">${[...paragraphs, ...button, small].join('')}</body></html>`
}

const BODY =
  'font-family:system-ui,sans-serif;font-size:16px;line-height:1.5;max-width:36em;margin:2em auto;padding:0 1em'
const BUTTON =
  'display:inline-block;padding:10px 18px;border-radius:22px;background:#0f6b62;color:#fff;text-decoration:none;font-weight:600'

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign)
