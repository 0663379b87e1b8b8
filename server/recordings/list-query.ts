// The query of GET /api/recordings: status, group, words, order, page size, and the opaque cursor of the next page.
import { LIST_ORDERS, type ListCursor, type ListOrder } from '@holdfast/db'
import { HoldfastError, isRecordingId, LIMITS, RECORDING_STATUSES } from '@holdfast/protocol'
import * as v from 'valibot'
import { checkInput } from '../http/json-body.ts'
import { isStorable } from './storable-text.ts'

const MAX_PAGE = 200
const DEFAULT_PAGE = 50

const words = v.pipe(
  v.string(),
  v.maxLength(LIMITS.maxTitleChars, 'is too long'),
  v.check((text) => isStorable(text), 'is not a text'),
)

const ListQuery = v.object({
  status: v.optional(
    v.pipe(
      v.string(),
      v.transform((text) => text.split(',')),
      v.array(v.picklist(RECORDING_STATUSES, 'must be a status, or several with commas')),
    ),
  ),
  group: v.optional(words),
  q: v.optional(words),
  order: v.optional(v.picklist(LIST_ORDERS, `must be one of ${LIST_ORDERS.join(', ')}`), 'newest'),
  after: v.optional(v.string()),
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,4}$/, 'must be a number'),
      v.transform(Number),
      v.minValue(1, 'must be at least 1'),
      v.transform((limit) => Math.min(limit, MAX_PAGE)),
    ),
  ),
})

/** @throws HoldfastError `bad_request` */
export function readListQuery(query: Record<string, string>) {
  const input = checkInput(ListQuery, query)
  const { status: statuses = null, group = null, order, after, limit = DEFAULT_PAGE } = input
  const search = input.q?.trim() || null
  const cursor = after === undefined ? null : readCursor(after, order)
  return { statuses, group, search, order, limit, after: cursor }
}

/** A cursor belongs to one order: of another it would mean nothing. */
export function writeCursor({ value, id }: ListCursor, order: ListOrder): string {
  return Buffer.from(JSON.stringify([order, value, id])).toString('base64url')
}

function readCursor(text: string, order: ListOrder): ListCursor {
  const [of, value, id] = parts(Buffer.from(text, 'base64url').toString())
  const isValue = order === 'title' ? isStorable(value) : /^\d{1,17}$/.test(String(value))
  if (of === order && typeof value === 'string' && isValue && isRecordingId(id))
    return { value, id }
  throw new HoldfastError('bad_request', { message: 'after: is not a cursor of this list' })
}

function parts(json: string): unknown[] {
  try {
    const value: unknown = JSON.parse(json)
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}
