// Recorded takes with chunks missing: what is left of them, and which packets a file made of that must have.
import {
  type ChunkHints,
  decodeChunkIndex,
  encodeChunkIndex,
  indexChunk,
  type LaidChunk,
  layoutTake,
  layoutWebmAsMp4,
  planWebmAsMp4,
  resumeIndex,
  startIndex,
} from '@holdfast/media'
import type { RecordedTake } from './corpus.ts'
import { alignSlices, type BuiltFile, readFile } from './take-pipeline.ts'
import { type Packet, readPackets } from './webm-packets.ts'

/** How the client sent it. */
export type Sending = 'aligned' | 'without hints' | 'as recorded'

export type SentChunk = { readonly bytes: Uint8Array; readonly hints: ChunkHints }
export type SentTake = { readonly init: Uint8Array | null; readonly chunks: readonly SentChunk[] }

const NO_HINTS: ChunkHints = { aligned: false, clusterMs: null }

export function sendTake(take: RecordedTake, sending: Sending): SentTake {
  if (sending === 'as recorded') {
    return { init: null, chunks: take.slices.map((bytes) => ({ bytes, hints: NO_HINTS })) }
  }
  const { init, chunks } = alignSlices(take.slices)
  return {
    init,
    chunks: chunks.map(({ bytes, aligned, clusterMs }) => ({
      bytes,
      hints: sending === 'aligned' ? { aligned, clusterMs } : NO_HINTS,
    })),
  }
}

/** The file that a server makes when these chunks never came. */
export function buildWithout(sent: SentTake, lost: readonly number[]): BuiltFile {
  const { stored, input } = storedWithout(sent, lost)
  const file = layoutTake(input)
  return { file, bytes: readFile(file, stored) }
}

/** The same as MP4; null where its codecs have no place there. */
export function buildAsMp4Without(sent: SentTake, lost: readonly number[]): BuiltFile | null {
  const { stored, input } = storedWithout(sent, lost)
  const plan = planWebmAsMp4(input)
  const take = new Uint8Array(Buffer.concat(stored))
  const file =
    plan &&
    layoutWebmAsMp4(
      plan,
      plan.starts.map(({ from, to }) => take.subarray(from, to)),
    )
  return file && { file, bytes: readFile(file, stored) }
}

/** What is stored when these chunks never came; as a server has it, each index from stored ones alone. */
export function storedWithout({ init, chunks }: SentTake, lost: readonly number[]) {
  const stored: Uint8Array[] = []
  const laid: LaidChunk[] = []
  let header = init
  let state = startIndex(init)
  let isFirstRun = true
  for (const [seq, { bytes, hints }] of chunks.entries()) {
    if (lost.includes(seq)) continue
    const behindHole = lost.includes(seq - 1)
    if (behindHole) {
      isFirstRun = false
      state = resumeIndex(header, hints)
    }
    const index = decodeChunkIndex(encodeChunkIndex(indexChunk(state, bytes, hints).index))
    state = index.after
    if (isFirstRun) header = index.header ?? header
    stored.push(bytes)
    laid.push({ bytes: bytes.length, index, behindHole })
  }
  return { stored, input: { init, chunks: laid } }
}

/** The middle chunk came with its first half only, and counts as whole. */
export function buildCutInTwo(sent: SentTake): BuiltFile {
  const middle = sent.chunks.length >> 1
  const chunks = sent.chunks.map((chunk, seq) =>
    seq === middle ? { ...chunk, bytes: chunk.bytes.slice(0, chunk.bytes.length >> 1) } : chunk,
  )
  return buildWithout({ ...sent, chunks }, [])
}

/**
 * The packets that lie outside the lost chunks and can be decoded: all sound, and pictures up to a hole and from the
 * next keyframe on. Of a block just the first byte may be missing: everybody knows what it was.
 */
export function expectedPackets(sent: SentTake, lost: readonly number[]): Packet[] {
  return packetsOutside(sent, holesOf(sent.init?.length ?? 0, sent.chunks, lost))
}

/** The same for bytes that are missing anywhere. */
export function packetsOutside({ init, chunks }: SentTake, holes: readonly ByteHole[]): Packet[] {
  const all = new Uint8Array(
    Buffer.concat([init ?? new Uint8Array(0), ...chunks.map((one) => one.bytes)]),
  )
  const packets = readPackets(all)
  const videos = new Set(packets.flatMap((one) => (one.isVideo ? [one.track] : [])))
  const torn = new Set<number>()
  let last = 0
  return packets.filter((packet) => {
    const touched = holes.filter(({ from, to }) => from < packet.to && to > last)
    last = packet.to
    if (touched.length > 0) for (const one of videos) torn.add(one)
    const isLost = touched.some(({ from, to }) => to > packet.from + 1 && from < packet.to)
    if (isLost) return false
    if (!torn.has(packet.track)) return true
    if (packet.isKey) torn.delete(packet.track)
    return packet.isKey
  })
}

/** A chunk of which only the beginning is there, and which bytes are missing. */
export function truncateChunk(
  { init, chunks }: SentTake,
  seq: number,
  kept: number,
): { sent: SentTake; hole: ByteHole } {
  const before = chunks.slice(0, seq).reduce((sum, one) => sum + one.bytes.length, 0)
  const start = (init?.length ?? 0) + before
  const to = start + (chunks[seq]?.bytes.length ?? 0)
  const cut = chunks.map((one, n) =>
    n === seq ? { ...one, bytes: one.bytes.slice(0, kept) } : one,
  )
  return { sent: { init, chunks: cut }, hole: { from: start + kept, to } }
}

/** Places of missing bytes in the whole take, its init included. */
export type ByteHole = { readonly from: number; readonly to: number }

function holesOf(start: number, chunks: readonly SentChunk[], lost: readonly number[]) {
  let at = start
  return chunks.flatMap(({ bytes }, seq) => {
    const from = at
    at += bytes.length
    return lost.includes(seq) && bytes.length > 0 ? [{ from, to: at }] : []
  })
}
