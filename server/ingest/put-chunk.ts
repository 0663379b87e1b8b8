// PUT …/chunks/{take}/{seq}: one chunk as raw bytes, for the simplest client there can be.
import { createHash } from 'node:crypto'
import {
  chunkFrame,
  FRAME,
  fromBase64,
  HoldfastError,
  jsonFrame,
  readTake,
  SHA256_BYTES,
} from '@holdfast/protocol'
import type { IngestDeps } from './deps.ts'
import { errorAnswer, type HttpAnswer } from './http-answer.ts'
import type { LiveRecording } from './live-recording.ts'
import { storeTake } from './store-take.ts'

export type ChunkRequest = {
  recordingId: string
  token: string | null
  /** As they stand in the path; checked here. */
  take: string
  seq: string
  contentType: string
  contentDigest: string | null
  body: AsyncIterable<Uint8Array>
}

const MAX_TAKE = 0xffff
const MAX_SEQ = 0xffffffff

/** 201 stored, 200 already there; otherwise the error of the table. Never rejects. */
export async function putChunk(deps: IngestDeps, request: ChunkRequest): Promise<HttpAnswer> {
  try {
    const take = readNumber(request.take, MAX_TAKE)
    const seq = readNumber(request.seq, MAX_SEQ)
    const live = await deps.admission.enter(request.recordingId, request.token)
    try {
      deps.signs.mark(live.id)
      return await storeRaw(deps, live, { ...request, take, seq })
    } finally {
      deps.admission.leave(live)
    }
  } catch (error) {
    if (!(error instanceof HoldfastError)) deps.onFault(request.recordingId, error)
    return errorAnswer(error, null)
  }
}

type NumberedRequest = Omit<ChunkRequest, 'take' | 'seq'> & { take: number; seq: number }

async function storeRaw(
  deps: IngestDeps,
  live: LiveRecording,
  request: NumberedRequest,
): Promise<HttpAnswer> {
  const { take, seq } = request
  const startedAt = performance.now()
  const bytes = await readBody(request.body, deps.limits.maxChunkBytes)
  const sha256 = createHash('sha256').update(bytes).digest()
  checkDigest(sha256, request.contentDigest)
  if (!live.takes.has(take)) await createTake(deps, live, request)
  const unknown = { aligned: false, clusterMs: null, endMs: null }
  const value = chunkFrame({ take, seq, sha256, bytes, ...unknown })
  const verdict = await deps.intake.take(live, value, 'http')
  const ms = performance.now() - startedAt
  deps.onVerdict(verdict, { transport: 'http', bytes: bytes.length, ms })
  if (typeof verdict !== 'string') throw new HoldfastError(verdict.refused)
  return { status: verdict === 'stored' ? 201 : 200, body: { take, seq, stored: true } }
}

async function createTake(
  deps: IngestDeps,
  live: LiveRecording,
  { take, contentType }: NumberedRequest,
): Promise<void> {
  const body = { mimeType: contentType, startedAt: new Date().toISOString(), init: null }
  const value = jsonFrame(FRAME.TAKE, body, { take })
  const refused = await storeTake(deps, { live, value, announced: readTake(body) })
  // Another request may have created it a moment ago, from another Content-Type: the first one stands.
  if (refused && refused !== 'take_conflict') throw new HoldfastError(refused)
}

function readNumber(text: string, max: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (value <= max) return value
  throw new HoldfastError('bad_request', { message: `take and seq are numbers up to ${max}.` })
}

async function readBody(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body) {
    size += part.length
    if (size > maxBytes) throw new HoldfastError('chunk_too_large')
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** RFC 9530; other algorithms than sha-256 are ignored. */
function checkDigest(digest: Buffer, header: string | null): void {
  const given = header?.match(/(?:^|[,\s])sha-256=:([A-Za-z0-9+/=]+):/)?.[1]
  if (given === undefined) return
  const expected = fromBase64(given)
  if (expected?.length !== SHA256_BYTES) {
    throw new HoldfastError('bad_request', { message: 'Content-Digest is malformed.' })
  }
  if (!digest.equals(expected)) throw new HoldfastError('digest_mismatch')
}
