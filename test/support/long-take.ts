// A long take out of a short recorded one: the same Clusters over and over, each time later. Unlike a synthetic one it
// decodes, so a real player can seek in it.
import { indexChunk, startIndex } from '@holdfast/media'

const CLUSTER_HEAD = Uint8Array.of(0x1f, 0x43, 0xb6, 0x75, 1, 255, 255, 255, 255, 255, 255, 255)

/**
 * The joined bytes of `times` repetitions. `periodMs` is the take's own length.
 * @throws when the bytes are not a WebM take whose Clusters begin with their timecode
 */
export function repeatTake(joined: Uint8Array, times: number, periodMs: number): Uint8Array {
  const { index } = indexChunk(startIndex(null), joined)
  if (!('clusters' in index) || !index.header) throw new Error('not a WebM take')
  const clusters = index.clusters.map(({ offset, headBytes, timecode }, i) => {
    const end = index.clusters[i + 1]?.offset ?? index.after.webm.completeEnd
    const body = joined.subarray(offset + headBytes, end)
    // Timecode: id E7, a size of one byte, the number.
    if (body[0] !== 0xe7) throw new Error(`no timecode at ${offset}`)
    return { timecode: timecode ?? 0, blocks: body.subarray(2 + ((body[1] ?? 0) & 0x7f)) }
  })
  const parts: Uint8Array[] = [index.header]
  for (let i = 0; i < times; i++) {
    for (const { timecode, blocks } of clusters) {
      const element = Buffer.alloc(6)
      element.writeUInt16BE(0xe784)
      element.writeUInt32BE(timecode + i * periodMs, 2)
      parts.push(CLUSTER_HEAD, element, blocks)
    }
  }
  return new Uint8Array(Buffer.concat(parts))
}
