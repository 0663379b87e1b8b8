// The Range header (RFC 9110 §14): one range of bytes, or none.

/** [from, to) of the file; `whole` when there is no usable Range; `unsatisfiable` = 416. */
export type ByteRange = { from: number; to: number } | 'whole' | 'unsatisfiable'

/**
 * Several ranges, other units and malformed headers count as no Range, as the RFC allows; a range behind the
 * end does not.
 */
export function readRange(header: string | null | undefined, size: number): ByteRange {
  const match = /^bytes=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? '')
  if (!match) return 'whole'
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return 'whole'
  if (first === '') return suffix(Number(last), size)
  const from = Number(first)
  const to = last === '' ? size : Math.min(size, Number(last) + 1)
  if (last !== '' && Number(last) < from) return 'whole'
  return from >= size ? 'unsatisfiable' : { from, to }
}

function suffix(count: number, size: number): ByteRange {
  if (count === 0 || size === 0) return 'unsatisfiable'
  return { from: Math.max(0, size - count), to: size }
}
