// Owns the stored form of a chunk's index: the bytes of the ledger column. In WebM about 250 bytes for a second of camera
// and microphone. A change of a form needs a new number: rows with a number that is not known are indexed again.

import { CompactReader, CompactWriter } from './compact-bytes.ts'
import type { ChunkIndex } from './index-chunk.ts'
import { MediaError } from './media-error.ts'
import { readMp4Index, writeMp4Index } from './mp4-index-codec.ts'
import { readWebmIndex, writeWebmIndex } from './webm-index-codec.ts'

/** The first number of the stored form: what follows. 1 to 7 were earlier forms, and 9 has a meaning of its own. */
const WEBM_OR_RAW = 8
const MP4 = 10
const FORMS: ReadonlySet<number> = new Set([MP4, WEBM_OR_RAW])
/** In front of one of these: the number of the chunk with which its run begins. */
const BEHIND_HOLE = 9

/**
 * The index as bytes for the ledger.
 * @param firstSeq number of the chunk with which its run begins: 0, or the first behind a hole
 */
export function encodeChunkIndex(index: ChunkIndex, firstSeq = 0): Uint8Array {
  const out = new CompactWriter()
  if (firstSeq > 0) {
    out.uint(BEHIND_HOLE)
    out.uint(firstSeq)
  }
  out.uint('runs' in index ? MP4 : WEBM_OR_RAW)
  if ('runs' in index) writeMp4Index(out, index)
  else writeWebmIndex(out, index)
  return out.finish()
}

/** @throws MediaError `bad_index` for bytes that `encodeChunkIndex` did not write */
export function decodeChunkIndex(bytes: Uint8Array): ChunkIndex {
  const input = new CompactReader(bytes)
  const { form } = readLabel(input)
  const index = readIndex(input, form)
  input.end()
  return index
}

/**
 * The `firstSeq` it was stored with: an index is void once its run begins elsewhere.
 * @returns null for a form that this version does not read: the chunk has to be indexed again
 */
export function firstSeqOf(bytes: Uint8Array): number | null {
  const { form, firstSeq } = readLabel(new CompactReader(bytes))
  return FORMS.has(form) ? firstSeq : null
}

function readLabel(input: CompactReader): { form: number; firstSeq: number } {
  const form = input.uint()
  if (form !== BEHIND_HOLE) return { form, firstSeq: 0 }
  const firstSeq = input.uint()
  return { form: input.uint(), firstSeq }
}

function readIndex(input: CompactReader, form: number): ChunkIndex {
  if (form === MP4) return readMp4Index(input)
  if (form === WEBM_OR_RAW) return readWebmIndex(input)
  throw new MediaError('bad_index', `index form ${form}`)
}
