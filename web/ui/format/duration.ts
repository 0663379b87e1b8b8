// Durations as people read them. Milliseconds in, never rounded up: a shown second has happened.

/** `0:05`, `12:34`, `1:02:03`. */
export function formatClock(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000))
  const seconds = String(total % 60).padStart(2, '0')
  const minutes = Math.floor(total / 60) % 60
  const hours = Math.floor(total / 3600)
  if (hours === 0) return `${minutes}:${seconds}`
  return `${hours}:${String(minutes).padStart(2, '0')}:${seconds}`
}

/** ISO 8601 for `<time datetime>`: `PT12M34S`. */
export function isoDuration(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000))
  return `PT${Math.floor(total / 3600)}H${Math.floor(total / 60) % 60}M${total % 60}S`
}

/** A rough length in words: `5 hours`, `40 minutes`; never more than there is. */
export function roughDuration(ms: number, locale: string): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000))
  const [count, unit] = minutes >= 120 ? [Math.floor(minutes / 60), 'hour'] : [minutes, 'minute']
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count)
}

/** A place in a recording, to a tenth of a second: `0:05.2`. */
export function formatPlace(ms: number): string {
  const tenths = Math.floor(Math.max(0, ms) / 100) % 10
  return `${formatClock(ms)}.${tenths}`
}
