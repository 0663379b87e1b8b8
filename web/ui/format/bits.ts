// Rates as people read them on their contract.

/** `2.6 Mbit/s`, `192 kbit/s`. */
export function formatBits(bitsPerSecond: number, locale: string): string {
  const [value, unit] =
    bitsPerSecond >= 1_000_000 ? [bitsPerSecond / 1e6, 'M'] : [bitsPerSecond / 1e3, 'k']
  const digits = unit === 'M' && value < 10 ? 1 : 0
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value)
  return `${number} ${unit}bit/s`
}
