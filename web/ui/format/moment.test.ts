import { expect, it } from 'vitest'
import { formatMoment, momentInSentence } from './moment.ts'

const now = new Date(2026, 10, 22, 20, 0)
const plain = (text: string) => text.replaceAll('\u202f', ' ')

it.each([
  [new Date(2026, 10, 22, 0, 5), 'Today, 12:05 AM'],
  [new Date(2026, 10, 21, 23, 59), 'Yesterday, 11:59 PM'],
  [new Date(2026, 10, 23, 23, 59), 'Tomorrow, 11:59 PM'],
  [new Date(2026, 10, 24, 0, 0), 'Nov 24, 12:00 AM'],
  [new Date(2026, 10, 3, 19, 17), 'Nov 3, 7:17 PM'],
  [new Date(2023, 10, 3, 19, 17), 'Nov 3, 2023, 7:17 PM'],
])('names %s as people would', (at, text) => {
  expect(plain(formatMoment(at, now, 'en'))).toBe(text)
})

it('says the seconds where moments lie close together', () => {
  const at = new Date(2026, 10, 22, 19, 17, 3)
  expect(plain(formatMoment(at, now, 'en', 'medium'))).toBe('Today, 7:17:03 PM')
})

it.each([
  [new Date(2026, 10, 22, 21, 0), 'en', 'today, 9:00 PM'],
  [new Date(2026, 10, 23, 0, 28), 'en', 'tomorrow, 12:28 AM'],
  [new Date(2026, 10, 23, 0, 28), 'de', 'morgen, 00:28'],
])('names %s as it stands inside a sentence in %s', (at, locale, text) => {
  expect(plain(momentInSentence(at, now, locale))).toBe(text)
})
