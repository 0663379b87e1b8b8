// Sizes, lengths and times as a person reads them in a terminal.

export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let [value, unit] = [bytes, 0]
  for (; value >= 1000 && unit < units.length - 1; unit += 1) value /= 1000
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`
}

/** `1:02:03`, `2:03`; `-` when nobody knows. */
export function clock(ms: number | null): string {
  if (ms === null) return '-'
  const seconds = Math.round(ms / 1000)
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const [hours = 0, ...rest] = parts
  const tail = (hours > 0 ? rest : rest.slice(0)).map((part) => String(part).padStart(2, '0'))
  return hours > 0 ? `${hours}:${tail.join(':')}` : tail.join(':').replace(/^0/, '')
}

/** `2026-01-02 03:04:05`, in UTC, as the logs have it. */
export const moment = (time: Date): string => time.toISOString().slice(0, 19).replace('T', ' ')
