// Owns what is known of a file before it is taken: whether it is media that a Holdfast server can play, and how long it is.
// By its bytes, never by its name; a file of any size costs a few small reads.
import { readPlainMp4, readWebmDuration, sniffContainer } from '@holdfast/media'

export type MediaCheck = {
  readonly mimeType: string
  /** null when the file does not say. */
  readonly durationMs: number | null
}

export type FileTrouble =
  /** Neither WebM, nor Matroska, nor MP4. */
  | 'not_media'
  /** An MP4 that ends before what a player needs: it was never finished, or is cut off. */
  | 'cut_off'
  /** It was moved, changed or may not be read. */
  | 'unreadable'
  /** No copy of it fits into what this browser may store. */
  | 'no_room'
  /** This browser stores nothing here: storage is switched off, or broken. */
  | 'not_stored'

/** Why a file is not taken. Nothing of it was stored. */
export class FileError extends Error {
  readonly code: FileTrouble

  constructor(code: FileTrouble, options?: ErrorOptions) {
    super(`The file is not taken: ${code}`, options)
    this.name = 'FileError'
    this.code = code
  }
}

const HEAD_BYTES = 64 * 1024

/** @throws FileError */
export async function checkMedia(file: Blob): Promise<MediaCheck> {
  const head = await readBytes(file, 0, HEAD_BYTES)
  const container = sniffContainer(head)
  if (container === 'webm') {
    const mimeType = namedMedia(file, /webm|matroska/) ?? 'video/webm'
    return { mimeType, durationMs: readWebmDuration(head) }
  }
  if (container === 'unknown') throw new FileError('not_media')
  return {
    mimeType: namedMedia(file, /mp4|quicktime|m4[av]/) ?? 'video/mp4',
    ...(await checkMp4(file)),
  }
}

async function checkMp4(file: Blob): Promise<Pick<MediaCheck, 'durationMs'>> {
  const walk = readPlainMp4(file.size)
  let asked = walk.next()
  while (!asked.done) asked = walk.next(await readBytes(file, asked.value.from, asked.value.to))
  const found = asked.value
  if (found === 'fragmented') return { durationMs: null }
  if (found === 'unknown') throw new FileError('not_media')
  if (found === 'no-moov' || found.isCut) throw new FileError('cut_off')
  return { durationMs: found.durationMs }
}

/** What the browser calls it, if that goes with what it is. */
function namedMedia({ type }: Blob, kind: RegExp): string | null {
  return /^(video|audio)\//.test(type) && kind.test(type) ? type : null
}

async function readBytes(file: Blob, from: number, to: number): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.slice(from, to).arrayBuffer())
  } catch (cause) {
    throw new FileError('unreadable', { cause })
  }
}
