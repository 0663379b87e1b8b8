// The server's own records inside the frame stream of a segment (R13): META, TOTALS and DELETED. With TAKE and
// CHUNK frames they hold all that a ledger rebuilt from segments needs. Never sent to a client.
import { createHash } from 'node:crypto'
import { base64Bytes, type Frame, SHA256_BYTES, toBase64 } from '@holdfast/protocol'
import * as v from 'valibot'

/** Frame types that only occur in segments; the wire's own end at 0x86. */
export const RECORD = { META: 0xc1, TOTALS: 0xc2, DELETED: 0xc3 } as const

/** ISO 8601, the database's clock: the newest record of a kind stands, in whichever segment it lies. */
const at = v.string()

const Meta = v.object({
  kind: v.literal('meta'),
  at,
  id: v.string(),
  createdAt: v.string(),
  /** sha256 of the token, never the token. */
  tokenHash: base64Bytes,
  tokenMayDelete: v.boolean(),
  title: v.nullable(v.string()),
  metadata: v.nullable(v.record(v.string(), v.unknown())),
  groupId: v.nullable(v.string()),
  /** Absent in segments from before there were any. */
  marks: v.exactOptional(
    v.array(v.object({ atMs: v.number(), label: v.exactOptional(v.string()) })),
  ),
  trim: v.exactOptional(v.nullable(v.object({ startMs: v.number(), endMs: v.number() }))),
  owner: v.nullable(v.string()),
  notify: v.nullable(
    v.object({ email: v.exactOptional(v.string()), webhook: v.exactOptional(v.string()) }),
  ),
})

const Totals = v.object({
  kind: v.literal('totals'),
  at,
  /** Declared totals as they stand after the FINISH; empty with `reason: null` = revoked. */
  takes: v.array(v.object({ take: v.number(), chunks: v.number() })),
  reason: v.nullable(v.picklist(['user', 'pagehide', 'error'])),
})

const Deleted = v.object({
  kind: v.literal('deleted'),
  at,
  /** false: the deletion was undone. */
  deleted: v.boolean(),
})

const StoreRecord = v.variant('kind', [Meta, Totals, Deleted])
export type StoreRecord = v.InferOutput<typeof StoreRecord>

const TYPES = { meta: RECORD.META, totals: RECORD.TOTALS, deleted: RECORD.DELETED } as const

type MetaRow = Omit<v.InferOutput<typeof Meta>, 'kind' | 'at' | 'createdAt' | 'tokenHash'> & {
  createdAt: Date
  tokenHash: Uint8Array
}

/** What a ledger rebuilt from segments must know of the recording itself, as its row had it then. */
export function metaOf(row: MetaRow, at: Date): StoreRecord {
  const {
    id,
    tokenMayDelete,
    title,
    metadata,
    groupId,
    owner,
    notify,
    marks = [],
    trim = null,
  } = row
  return {
    ...{ kind: 'meta', at: at.toISOString(), id, createdAt: row.createdAt.toISOString() },
    tokenHash: new Uint8Array(row.tokenHash),
    ...{ tokenMayDelete, title, metadata, groupId, marks, trim, owner, notify },
  }
}

const digest = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

/** The record as a frame: sha256[32] · JSON, so that a damaged one is known as such. */
export function recordFrame(record: StoreRecord): Frame {
  const body = 'tokenHash' in record ? { ...record, tokenHash: toBase64(record.tokenHash) } : record
  const json = new TextEncoder().encode(JSON.stringify(body))
  const payload = new Uint8Array(SHA256_BYTES + json.length)
  payload.set(digest(json))
  payload.set(json, SHA256_BYTES)
  return { type: TYPES[record.kind], flags: 0, take: 0, seq: 0, payload }
}

/** The record in a frame; null when the frame is none or is damaged. */
export function readRecord(frame: Frame): StoreRecord | null {
  const json = frame.payload.subarray(SHA256_BYTES)
  if (!digest(json).equals(frame.payload.subarray(0, SHA256_BYTES))) return null
  try {
    const result = v.safeParse(StoreRecord, JSON.parse(new TextDecoder().decode(json)))
    return result.success && TYPES[result.output.kind] === frame.type ? result.output : null
  } catch {
    return null
  }
}
