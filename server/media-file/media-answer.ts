// The HTTP answer for a media file (RFC 9110): ranges, conditions, names. Knows nothing of who may ask.
import type { ChunkStore } from '../store/chunk-store.ts'
import { readRange } from './byte-range.ts'
import { etagOf } from './etag.ts'
import { mediaBytes } from './media-body.ts'
import type { TakeFile } from './take-file.ts'

export type MediaRequest = {
  recordingId: string
  isHead: boolean
  range: string | null
  ifRange: string | null
  ifNoneMatch: string | null
  /** Send it as a file of this name (without ending) instead of showing it. */
  downloadAs: string | null
  /** The same address will give the same bytes for ever. */
  isPinned: boolean
}

export function answerMedia(store: ChunkStore, laidOut: TakeFile, request: MediaRequest): Response {
  const etag = etagOf(laidOut)
  const headers = describe(laidOut, etag, request)
  if (isCached(request.ifNoneMatch, etag)) return new Response(null, { status: 304, headers })
  const { size } = laidOut.file
  // A range of another file than the one that is here would be glued to the wrong bytes.
  const usesRange = request.ifRange === null || request.ifRange === etag
  const range = readRange(usesRange ? request.range : null, size)
  if (range === 'unsatisfiable') {
    headers.set('Content-Range', `bytes */${size}`)
    return new Response(null, { status: 416, headers })
  }
  const { from, to } = range === 'whole' ? { from: 0, to: size } : range
  headers.set('Content-Length', String(to - from))
  if (range !== 'whole') headers.set('Content-Range', `bytes ${from}-${to - 1}/${size}`)
  const { recordingId } = request
  const body = request.isHead
    ? null
    : toStream(mediaBytes(store, laidOut, { recordingId, from, to }))
  return new Response(body, { status: range === 'whole' ? 200 : 206, headers })
}

function describe({ mimeType }: TakeFile, etag: string, request: MediaRequest): Headers {
  const type = /^(video|audio)\/[\w.+-]+/.exec(mimeType)?.[0] ?? 'application/octet-stream'
  const headers = new Headers({
    'Content-Type': type,
    ETag: etag,
    'Accept-Ranges': 'bytes',
    'Cache-Control': request.isPinned ? 'private, max-age=3600, immutable' : 'private, no-cache',
    // Bytes from strangers: never a document, whatever they look like.
    'Content-Security-Policy': "default-src 'none'; sandbox",
  })
  if (request.downloadAs !== null) {
    headers.set('Content-Disposition', attachment(request.downloadAs, endingOf(type)))
  }
  return headers
}

function isCached(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes('*') || tags.includes(etag)
}

const ENDINGS: Record<string, string> = {
  'video/webm': 'webm',
  'audio/webm': 'webm',
  'video/x-matroska': 'mkv',
  'audio/x-matroska': 'mka',
  'video/mp4': 'mp4',
  'audio/mp4': 'm4a',
}

const endingOf = (type: string): string => ENDINGS[type] ?? 'bin'

/** RFC 6266: a plain name for old clients and the real one in UTF-8. */
function attachment(name: string, ending: string): string {
  const cleaned = name.replace(/[\p{Cc}\p{Cf}/\\:*?"<>|]+/gu, ' ').trim() || 'recording'
  const plain = cleaned.replace(/[^ -~]/g, '_')
  const encoded = encodeURIComponent(`${cleaned}.${ending}`).replace(/['()*]/g, percent)
  return `attachment; filename="${plain}.${ending}"; filename*=UTF-8''${encoded}`
}

const percent = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`

/** Pulls one piece when the client wants one; a client that goes away releases the file. */
function toStream(bytes: AsyncGenerator<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await bytes.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      async cancel() {
        await bytes.return(undefined)
      },
    },
    { highWaterMark: 1 },
  )
}
