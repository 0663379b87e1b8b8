// What the e-mails say, in each language. Sentences, not parts of them: no language is put together like another.
import { germanMail } from './mail-words-de.ts'

/** `length`: `1:02`; null = not known. `missing`: a sentence that says what is missing, or that nothing is. */
type About = { readonly name: string; readonly length: string | null; readonly missing: string }

export type Said = { readonly subject: string; readonly lines: readonly string[] }

export type MailWords = {
  titled(title: string): string
  untitled(day: string): string
  day(date: Date): string
  finished(about: About): Said
  incomplete(about: About): Said
  late(about: About): Said
  /** `reason`: a sentence of the log, in English. */
  failed(about: { readonly name: string; readonly reason: string }): Said
  nothingMissing: string
  missing(places: readonly string[], more: number): string
  beginning: string
  endFrom(clock: string): string
  between(from: string, to: string): string
  watch: string
  open: string
  recorded(day: string): string
  worksUntil(day: string): string
}

const UNSTOPPED = 'Nobody pressed Stop: the page was closed or its connection ended.'

const long = (length: string | null) =>
  length === null ? 'Nobody knows yet how long it is.' : `It is ${length} long.`

const englishMail: MailWords = {
  titled: (title) => `“${title}”`,
  untitled: (day) => `The recording of ${day}`,
  day: (date) => `${date.toISOString().slice(0, 16).replace('T', ', ')} UTC`,
  finished: ({ name, length, missing }) => ({
    subject: `${name} was saved`,
    lines: [`${UNSTOPPED} Holdfast finished ${name} by itself. ${long(length)}`, missing],
  }),
  incomplete: ({ name, length, missing }) => ({
    subject: `${name} was saved with a part missing`,
    lines: [
      `Holdfast saved ${name}. ${long(length)}`,
      missing,
      'The missing part may still be on the device that recorded. Opening the page there once sends it.',
    ],
  }),
  late: ({ name, length, missing }) => ({
    subject: `More of ${name} arrived`,
    lines: [
      `What a device had kept of ${name} arrived later. The recording was made again. ${long(length)}`,
      missing,
    ],
  }),
  failed: ({ name, reason }) => ({
    subject: `${name} could not be finished yet`,
    lines: [
      `Everything that arrived of ${name} is stored, but its file could not be made: ${reason}`,
      'It is tried again by itself. If this goes on, whoever runs the server finds the reason in its log.',
    ],
  }),
  nothingMissing: 'Nothing of it is missing.',
  missing: (places, more) =>
    `Missing: ${places.join(', ')}${more > 0 ? `, and ${more} more` : ''}.`,
  beginning: 'the beginning',
  endFrom: (clock) => `the end, from ${clock}`,
  between: (from, to) => `${from} to ${to}`,
  watch: 'Watch it',
  open: 'Open Holdfast',
  recorded: (day) => `Recorded with Holdfast on ${day}.`,
  worksUntil: (day) => `The link works until ${day}.`,
}

export const MAIL_LANGUAGES = ['en', 'de'] as const

export type MailLanguage = (typeof MAIL_LANGUAGES)[number]

export const MAIL_WORDS: Readonly<Record<MailLanguage, MailWords>> = {
  en: englishMail,
  de: germanMail,
}
