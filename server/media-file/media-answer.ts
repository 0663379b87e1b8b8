// The HTTP answer for a media file (RFC 9110): conditions, ranges, headers. Knows nothing of who may ask.
import { HoldfastError } from '@holdfast/protocol'
import { readRange } from './byte-range.ts'
import { byteStream } from './byte-stream.ts'
import { attachment } from './content-disposition.ts'
import { type ChunkStreams, mediaBytes } from './media-body.ts'
import { endingOf, mediaTypeOf } from './media-type.ts'
import type { TakeFile } from './take-file.ts'

export type MediaRequest = {
  recordingId: string
  isHead: boolean
  range: string | null
  ifRange: string | null
  ifMatch: string | null
  ifNoneMatch: string | null
  /** Send it as a file of this name (without ending) instead of showing it. */
  downloadAs: string | null
  /** The same address will give the same bytes for ever. */
  isPinned: boolean
  /** Told why a body broke off: the client only sees its connection end. */
  onFault: (error: unknown) => void
}

/** Something with bytes that can be sent: a virtual file, or one that a job made. */
export type ServedFile = {
  readonly size: number
  /** Strong, with its quotes. */
  readonly etag: string
  readonly contentType: string
  /** Bytes [from, to); ended early, it lets go of what it holds. */
  bytes(from: number, to: number): AsyncGenerator<Uint8Array<ArrayBuffer>>
}

/** @throws HoldfastError as `answerFile` */
export async function answerMedia(
  chunks: ChunkStreams,
  laidOut: TakeFile,
  request: MediaRequest,
): Promise<Response> {
  return await answerFile(servedTake(chunks, laidOut, request.recordingId), request)
}

export function servedTake(
  chunks: ChunkStreams,
  laidOut: TakeFile,
  recordingId: string,
): ServedFile {
  return {
    size: laidOut.file.size,
    etag: laidOut.etag,
    contentType: mediaTypeOf(laidOut),
    bytes: (from, to) => mediaBytes(chunks, laidOut, { recordingId, from, to }),
  }
}

/**
 * Reads the first bytes before it answers: what is damaged there is an error with its code; further on the connection breaks
 * off.
 * @throws HoldfastError `range_unsatisfiable`, its details with the size of the file; `bytes_damaged`, `store_failed`
 */
export async function answerFile(served: ServedFile, request: MediaRequest): Promise<Response> {
  const { etag, size } = served
  const headers = describe(served, request)
  const status = precondition(request, etag)
  if (status !== null) return new Response(null, { status, headers })
  const range = wantedRange(request, served)
  if (range === 'unsatisfiable') {
    throw new HoldfastError('range_unsatisfiable', { details: { sizeBytes: size } })
  }
  const { from, to } = range === 'whole' ? { from: 0, to: size } : range
  headers.set('Content-Length', String(to - from))
  if (range !== 'whole') headers.set('Content-Range', `bytes ${from}-${to - 1}/${size}`)
  const { isHead, onFault } = request
  const body = isHead ? null : await begin(served.bytes(from, to), onFault)
  return new Response(body, { status: range === 'whole' ? 200 : 206, headers })
}

async function begin(
  bytes: AsyncGenerator<Uint8Array<ArrayBuffer>>,
  onFault: MediaRequest['onFault'],
): Promise<ReadableStream<Uint8Array>> {
  const { value } = await bytes.next()
  return byteStream(bytes, { first: value, onFault })
}

/** RFC 9110 §13.2.2, without dates: 412 or 304 instead of the file, or null. */
function precondition({ ifMatch, ifNoneMatch }: MediaRequest, etag: string): 412 | 304 | null {
  if (ifMatch !== null && !lists(ifMatch, etag)) return 412
  if (ifNoneMatch !== null && lists(ifNoneMatch.replaceAll('W/"', '"'), etag)) return 304
  return null
}

/** Whether a list of entity tags holds this one, or is `*`. Ours have no comma in them. */
function lists(tags: string, etag: string): boolean {
  return tags.split(',').some((tag) => [etag, '*'].includes(tag.trim()))
}

/** A range of another file than the one that is here would be glued to the wrong bytes. HEAD has none. */
function wantedRange({ range, ifRange, isHead }: MediaRequest, { etag, size }: ServedFile) {
  const isMeant = !isHead && (ifRange === null || ifRange === etag)
  return readRange(isMeant ? range : null, size)
}

function describe({ contentType, etag }: ServedFile, request: MediaRequest): Headers {
  const { downloadAs, isPinned } = request
  const headers = new Headers({
    'Content-Type': contentType,
    ETag: etag,
    'Accept-Ranges': 'bytes',
    'Cache-Control': isPinned ? 'private, max-age=3600, immutable' : 'private, no-cache',
    // Bytes from strangers: whatever they look like, nothing but this media runs or loads.
    'Content-Security-Policy': "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'",
  })
  if (downloadAs !== null) {
    headers.set('Content-Disposition', attachment(downloadAs, endingOf(contentType)))
  }
  return headers
}
