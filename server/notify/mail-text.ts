// The words of the e-mails, as text and as HTML of the same words. Says what is there and what is missing, exactly, and one
// thing that can be done.
import type { Mail, ReadyEvent } from './choose-mail.ts'

export type MailText = { subject: string; text: string; html: string }

export type MailFacts = {
  readonly mail: Mail
  readonly title: string | null
  readonly startedAt: Date
  /** Absolute; null where the server does not know its own address. */
  readonly link: string | null
}

type Words = { subject: string; lines: string[]; action: string }

export function writeMail({ mail, title, startedAt, link }: MailFacts): MailText {
  const name = title ? `“${title}”` : `The recording of ${day(startedAt)}`
  const { subject, lines, action } = wordsOf(mail, name)
  const about = `Recorded with Holdfast on ${day(startedAt)}.`
  return {
    // A title with a line break must not become a header.
    subject: subject.replace(/\s+/g, ' '),
    text: [...lines, ...(link ? [`${action}: ${link}`] : []), about].join('\n\n'),
    html: htmlOf(lines, { about, link, action }),
  }
}

function wordsOf(mail: Mail, name: string): Words {
  if (mail.kind === 'failed') {
    return {
      subject: `${name} could not be finished yet`,
      lines: [
        `Everything that arrived of ${name} is stored, but its file could not be made: ${mail.message}`,
        'It is tried again by itself. If this goes on, whoever runs the server finds the reason in its log.',
      ],
      action: 'Open Holdfast',
    }
  }
  return { ...readyWords(mail, name), action: 'Watch it' }
}

function readyWords(mail: Exclude<Mail, { kind: 'failed' }>, name: string): Omit<Words, 'action'> {
  const { event, kind } = mail
  const length = lengthOf(event)
  const missing = missingOf(event)
  if (kind === 'late') {
    return {
      subject: `More of ${name} arrived`,
      lines: [
        `What a device had kept of ${name} arrived later. The recording was made again and is ${length} long now.`,
        missing,
      ],
    }
  }
  const why = 'Nobody pressed Stop: the page was closed or its connection ended.'
  if (kind === 'finished') {
    return {
      subject: `${name} was saved`,
      lines: [`${why} Holdfast finished ${name} by itself. It is ${length} long.`, missing],
    }
  }
  return {
    subject: `${name} was saved with a part missing`,
    lines: [
      `Holdfast saved ${name}. It is ${length} long.`,
      missing,
      'The missing part may still be on the device that recorded. Opening the page there once sends it.',
    ],
  }
}

function missingOf({ gaps }: ReadyEvent): string {
  if (gaps.length === 0) return 'Nothing of it is missing.'
  const places = gaps.slice(0, MOST_PLACES).map(placeOf).join(', ')
  const more = gaps.length > MOST_PLACES ? `, and ${gaps.length - MOST_PLACES} more` : ''
  return `Missing: ${places}${more}.`
}

const MOST_PLACES = 5

function placeOf({ fromMs, toMs }: ReadyEvent['gaps'][number]): string {
  if (fromMs === null) return 'the beginning'
  return toMs === null ? `the end, from ${clock(fromMs)}` : `${clock(fromMs)} to ${clock(toMs)}`
}

const lengthOf = ({ durationMs }: ReadyEvent) =>
  durationMs === null ? 'of unknown length' : clock(durationMs)

/** `0:05`, `12:34`, `1:02:03`. */
function clock(ms: number): string {
  const [hours, minutes, seconds] = new Date(ms).toISOString().slice(11, 19).split(':').map(Number)
  const all = (hours ?? 0) + 24 * Math.floor(ms / 86_400_000)
  const two = (value = 0) => String(value).padStart(2, '0')
  return all > 0 ? `${all}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`
}

const day = (date: Date) => `${date.toISOString().slice(0, 16).replace('T', ', ')} UTC`

type Around = { about: string; link: string | null; action: string }

function htmlOf(lines: readonly string[], { about, link, action }: Around): string {
  const paragraphs = lines.map((line) => `<p>${escapeHtml(line)}</p>`)
  const button = link
    ? [`<p><a href="${escapeHtml(link)}" style="${BUTTON}">${escapeHtml(action)}</a></p>`]
    : []
  const small = `<p style="color:#5c6461;font-size:14px">${escapeHtml(about)}</p>`
  return `<!doctype html><html lang="en"><body style="${BODY}">${[...paragraphs, ...button, small].join('')}</body></html>`
}

const BODY =
  'font-family:system-ui,sans-serif;font-size:16px;line-height:1.5;max-width:36em;margin:2em auto;padding:0 1em'
const BUTTON =
  'display:inline-block;padding:10px 18px;border-radius:22px;background:#0f6b62;color:#fff;text-decoration:none;font-weight:600'

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign)
