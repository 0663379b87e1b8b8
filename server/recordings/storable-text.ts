// What Postgres cannot keep in text or jsonb: U+0000, and half a surrogate pair. Found before the insert, so
// that a client gets `bad_request` instead of a failure of ours.

const isStorableText = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

/** Looks at every key and every value, however deep; bounded by the size of the body. */
export function isStorable(value: unknown): boolean {
  const waiting = [value]
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (typeof next === 'string' && !isStorableText(next)) return false
    if (typeof next !== 'object' || next === null) continue
    if (!Object.keys(next).every(isStorableText)) return false
    waiting.push(...Object.values(next))
  }
  return true
}
