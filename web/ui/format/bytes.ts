// Sizes as people read them, in the units that file managers and operators use (powers of 1000).
import { numberFormat } from './kept-formats.ts'

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** `850 kB`, `3.4 MB`, `12 GB`. */
export function formatBytes(bytes: number, locale: string): string {
  const positive = Math.max(0, bytes)
  const power =
    positive < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(positive) / 3))
  const value = positive / 1000 ** power
  return numberFormat(locale, {
    style: 'unit',
    unit: UNITS[power] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: value < 10 && power > 0 ? 1 : 0,
  }).format(value)
}
