// Points in time as people say them: today and yesterday by name, the rest by date.
import { dateFormat, relativeFormat } from './kept-formats.ts'

const DAY_MS = 86_400_000

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}

/**
 * `Today, 7:17 PM` · `Yesterday, 7:17 PM` · `Nov 3, 7:17 PM` · `Nov 3, 2023, 7:17 PM`.
 * `medium` says the seconds too.
 */
export function formatMoment(
  at: Date,
  now: Date,
  locale: string,
  timeStyle: 'short' | 'medium' = 'short',
): string {
  const time = dateFormat(locale, { timeStyle }).format(at)
  const days = Math.round((startOfDay(at) - startOfDay(now)) / DAY_MS)
  if (days === 0 || days === -1) {
    const word = relativeFormat(locale, { numeric: 'auto' }).format(days, 'day')
    return `${word.charAt(0).toLocaleUpperCase(locale)}${word.slice(1)}, ${time}`
  }
  const isThisYear = at.getFullYear() === now.getFullYear()
  const date: Intl.DateTimeFormatOptions = { month: 'short', day: 'numeric' }
  if (!isThisYear) date.year = 'numeric'
  return `${dateFormat(locale, date).format(at)}, ${time}`
}
