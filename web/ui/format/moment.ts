// Points in time as people say them: yesterday, today and tomorrow by name, the rest by date.
import { dateFormat, relativeFormat } from './kept-formats.ts'

const DAY_MS = 86_400_000

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}

/**
 * Inside a sentence: `today, 7:17 PM` · `yesterday, 7:17 PM` · `tomorrow, 7:17 PM` · `Nov 3, 7:17 PM` ·
 * `Nov 3, 2023, 7:17 PM`. `medium` says the seconds too.
 */
export function momentInSentence(
  at: Date,
  now: Date,
  locale: string,
  timeStyle: 'short' | 'medium' = 'short',
): string {
  const time = dateFormat(locale, { timeStyle }).format(at)
  const days = Math.round((startOfDay(at) - startOfDay(now)) / DAY_MS)
  if (Math.abs(days) <= 1) {
    return `${relativeFormat(locale, { numeric: 'auto' }).format(days, 'day')}, ${time}`
  }
  const isThisYear = at.getFullYear() === now.getFullYear()
  const date: Intl.DateTimeFormatOptions = { month: 'short', day: 'numeric' }
  if (!isThisYear) date.year = 'numeric'
  return `${dateFormat(locale, date).format(at)}, ${time}`
}

/** The same where it stands alone: `Today, 7:17 PM`. */
export function formatMoment(...moment: Parameters<typeof momentInSentence>): string {
  const text = momentInSentence(...moment)
  const [, , locale] = moment
  return `${text.charAt(0).toLocaleUpperCase(locale)}${text.slice(1)}`
}
