import type { HoldfastEvent } from '@holdfast/protocol'
import { describe, expect, it } from 'vitest'
import type { Mail, ReadyEvent } from './choose-mail.ts'
import { writeMail } from './mail-text.ts'
import { MAIL_LANGUAGES, type MailLanguage } from './mail-words.ts'

const event = {
  ...{ type: 'ready', id: '1', version: 1, status: 'incomplete', durationMs: 3_723_000 },
  gaps: [
    { take: 0, fromSeq: 0, toSeq: 0, fromMs: null, toMs: 1000 },
    { take: 0, fromSeq: 5, toSeq: 6, fromMs: 5000, toMs: 7000 },
    { take: 0, fromSeq: 9, toSeq: 9, fromMs: 9000, toMs: null },
  ],
} as unknown as Extract<HoldfastEvent, { type: 'ready' }>
const whole: ReadyEvent = { ...event, gaps: [], durationMs: null }

const MAILS: Record<Mail['kind'], Mail> = {
  finished: { kind: 'finished', event: whole },
  incomplete: { kind: 'incomplete', event },
  late: { kind: 'late', event: { ...event, gaps: event.gaps.slice(1, 2) } },
  failed: { kind: 'failed', message: 'The disk is full.' },
}

/** The subject, and what the text must say. */
const SAID: Record<MailLanguage, Record<Mail['kind'], readonly [string, ...string[]]>> = {
  en: {
    finished: [
      '“A <b>” was saved',
      'Nobody pressed Stop',
      'Nobody knows yet how long it is.',
      'Nothing of it is missing.',
      'Watch it: https://r/?a=1&b',
      'Recorded with Holdfast on 2026-03-04, 05:06 UTC. The link works until 2026-03-11, 05:06 UTC.',
    ],
    incomplete: [
      '“A <b>” was saved with a part missing',
      'It is 1:02:03 long.',
      'Missing: the beginning, 0:05 to 0:07, the end, from 0:09.',
      'may still be on the device',
    ],
    late: ['More of “A <b>” arrived', 'was made again. It is 1:02:03', 'Missing: 0:05 to 0:07.'],
    failed: ['“A <b>” could not be finished yet', 'The disk is full.', 'Open Holdfast: https://r/'],
  },
  de: {
    finished: [
      'Gespeichert: „A <b>“',
      'Niemand hat Stopp gedrückt',
      'Wie lang sie ist, ist noch nicht bekannt.',
      'Es fehlt nichts.',
      'Ansehen: https://r/?a=1&b',
      'Mit Holdfast aufgenommen am 04.03.2026, 05:06 Uhr (UTC). Der Link gilt bis 11.03.2026, 05:06 Uhr (UTC).',
    ],
    incomplete: [
      'Gespeichert, ein Teil fehlt: „A <b>“',
      'Länge: 1:02:03.',
      'Es fehlt: der Anfang, 0:05 bis 0:07, das Ende ab 0:09.',
      'auf dem Gerät liegen',
    ],
    late: ['Nachgereicht: „A <b>“', 'Länge: 1:02:03.', 'Es fehlt: 0:05 bis 0:07.'],
    failed: [
      'Noch nicht abgeschlossen: „A <b>“',
      'The disk is full.',
      'Holdfast öffnen: https://r/',
    ],
  },
}

const facts = {
  title: 'A <b>',
  startedAt: new Date('2026-03-04T05:06:07Z'),
  link: { address: 'https://r/?a=1&b', until: new Date('2026-03-11T05:06:07Z') },
}

describe.each(MAIL_LANGUAGES)('in %s', (language) => {
  it.each(Object.values(MAILS))('says $kind', (mail) => {
    const { subject, text, html } = writeMail({ ...facts, mail, language })
    const [about, ...sentences] = SAID[language][mail.kind]
    expect(subject).toBe(about)
    for (const sentence of sentences) expect(text).toContain(sentence)
    expect(html).toContain(`<html lang="${language}">`)
    expect(html).toContain('A &lt;b&gt;')
    expect(html).toContain('href="https://r/?a=1&amp;b"')
  })

  it('says no more places than a person reads, and how many there are', () => {
    const gaps = Array.from({ length: 8 }, (_, at) => {
      return { take: 0, fromSeq: at, toSeq: at, fromMs: at * 1000, toMs: at * 1000 + 500 }
    })
    const mail = { kind: 'incomplete', event: { ...event, gaps } } as const
    const { text } = writeMail({ ...facts, title: null, mail, language })
    expect(text).toMatch(language === 'en' ? /, and 3 more\./ : / und 3 weitere Stellen\./)
    expect(text).toMatch(language === 'en' ? /2026-03-04, 05:06 UTC/ : /04\.03\.2026, 05:06 Uhr/)
  })

  it('makes no header of a title’s second line', () => {
    const mail = { kind: 'late', event } as const
    const { subject } = writeMail({ ...facts, title: 'One\r\nBcc: two', mail, language })
    expect(subject).not.toMatch(/[\r\n]/)
  })
})
