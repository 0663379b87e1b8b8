// The packets of a WebM file, read by a walk over its elements that shares nothing with the product but ids and numbers:
// what was recorded, and what a file that was made of it has.
import { createHash } from 'node:crypto'
import { ID, readChildren, readHead, readUint } from '../../media/ebml.ts'

export type Packet = {
  readonly track: number
  readonly isVideo: boolean
  readonly ms: number
  readonly isKey: boolean
  readonly md5: string
  /** Offsets of its block's first byte and behind its last. */
  readonly from: number
  readonly to: number
}

/** Packets in file order; a last block that is cut is left out. @throws when the file does not begin like WebM */
export function readPackets(file: Uint8Array): Packet[] {
  const videos = new Set<number>()
  const packets: Packet[] = []
  let clusterMs = 0
  for (let at = 0; at < file.length; ) {
    const head = readHead(file, at)
    if (!head) break
    const dataAt = at + head.headBytes
    if (head.id === ID.segment || head.id === ID.cluster) {
      at = dataAt
      continue
    }
    if (head.size === null) throw new Error(`unknown size at ${at}`)
    const to = dataAt + head.size
    if (to > file.length) break
    const payload = file.subarray(dataAt, to)
    if (head.id === ID.tracks) for (const track of videoTracks(payload)) videos.add(track)
    if (head.id === ID.timecode) clusterMs = readUint(payload, 0, payload.length)
    const block = blockOf(head.id, payload)
    if (block) {
      const { track, relativeMs, isKey, data } = block
      const md5 = createHash('md5').update(data).digest('hex')
      const isVideo = videos.has(track)
      packets.push({ track, isVideo, ms: clusterMs + relativeMs, isKey, md5, from: at, to })
    }
    at = to
  }
  return packets
}

function videoTracks(tracks: Uint8Array): number[] {
  return [...readChildren(tracks)].flatMap((entry) => {
    const numbers = new Map(
      [...readChildren(entry.payload)].map(({ id, payload }) => [id, payload.at(-1) ?? 0]),
    )
    return numbers.get(ID.trackType) === 1 ? [numbers.get(ID.trackNumber) ?? 0] : []
  })
}

function blockOf(id: number, payload: Uint8Array) {
  if (id === ID.simpleBlock) return readBlock(payload, ((payload[3] ?? 0) & 0x80) !== 0)
  if (id !== ID.blockGroup) return null
  const children = [...readChildren(payload)]
  const block = children.find((child) => child.id === ID.block)
  return block && readBlock(block.payload, !children.some((one) => one.id === ID.referenceBlock))
}

/** Recorders number their tracks below 127. */
function readBlock(payload: Uint8Array, isKey: boolean) {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length)
  return {
    track: view.getUint8(0) & 0x7f,
    relativeMs: view.getInt16(1),
    isKey,
    data: payload.subarray(4),
  }
}
