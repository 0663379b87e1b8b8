// The file of a take that is a plain MP4: uploaded as it was, and not made by a recorder. A few of its chunks are read, those
// that hold the heads of its boxes, and its moov.
import { readPlainMp4, type VirtualFile, type WantedBytes } from '@holdfast/media'
import { readSound } from '../verify/sound-bytes.ts'
import type { IndexedTake, Source } from './take-file.ts'

/**
 * null when it is none, or a part of it has not come: then its bytes are what they are.
 * @throws HoldfastError `bytes_damaged`, `store_failed`
 */
export async function layOutPlainMp4(
  { store }: Pick<Source, 'store'>,
  recordingId: string,
  { input, chunks, runs }: IndexedTake,
): Promise<VirtualFile | null> {
  if (input.init !== null || runs.length !== 1 || runs[0]?.firstSeq !== 0) return null
  const size = chunks.reduce((sum, { bytes }) => sum + bytes, 0)
  const walk = readPlainMp4(size)
  let asked = walk.next()
  while (!asked.done) asked = walk.next(await readPiece(asked.value))
  const found = asked.value
  if (typeof found === 'string' || found.isCut || found.durationMs === 0) return null
  const { header, extents, durationMs, tracks } = found
  return {
    ...{ container: 'mp4', header, extents, size, durationMs, tracks: [...tracks] },
    keyframes: [],
    mediaEnd: size,
    runs: [{ startMs: 0, endMs: durationMs }],
  }

  async function readPiece({ from, to }: WantedBytes): Promise<Uint8Array> {
    const piece = new Uint8Array(to - from)
    let at = 0
    for (const chunk of chunks) {
      const end = at + chunk.bytes
      if (end > from && at < to) {
        const bytes = await readSound(store, recordingId, chunk)
        const part = bytes.subarray(Math.max(0, from - at), Math.min(bytes.length, to - at))
        piece.set(part, Math.max(0, at - from))
      }
      at = end
    }
    return piece
  }
}
