// The query of GET /api/recordings: status, group, page size, and the opaque cursor of the next page.
import type { ListCursor } from '@holdfast/db'
import { HoldfastError, isRecordingId, RECORDING_STATUSES } from '@holdfast/protocol'
import * as v from 'valibot'
import { checkInput } from '../http/json-body.ts'
import { isStorable } from './storable-text.ts'

const MAX_PAGE = 200
const DEFAULT_PAGE = 50

const ListQuery = v.object({
  status: v.optional(v.picklist(RECORDING_STATUSES, 'must be a status')),
  group: v.optional(
    v.pipe(
      v.string(),
      v.check((text) => isStorable(text), 'is not a text'),
    ),
  ),
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
  const { status = null, group = null, after, limit = DEFAULT_PAGE } = input
  return { status, group, limit, after: after === undefined ? null : readCursor(after) }
}

export function writeCursor({ createdMicros, id }: ListCursor): string {
  return Buffer.from(`${createdMicros} ${id}`).toString('base64url')
}

function readCursor(text: string): ListCursor {
  const [createdMicros = '', id = ''] = Buffer.from(text, 'base64url').toString().split(' ')
  if (/^\d{1,17}$/.test(createdMicros) && isRecordingId(id)) return { createdMicros, id }
  throw new HoldfastError('bad_request', { message: 'after: is not a cursor of this list' })
}
