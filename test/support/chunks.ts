// Chunks and takes for tests: bytes that differ by their numbers, with a true sha256.
import { createHash } from 'node:crypto'
import { type Chunk, chunkFrame, FRAME, type Frame, jsonFrame } from '@holdfast/protocol'

/** Bytes that depend on every argument, so that a swapped or torn copy is noticed. */
export function someBytes(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  let state = (seed * 2654435761 + 1) >>> 0
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}

export const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()

type ChunkParts = { take?: number; seq?: number; length?: number; seed?: number }

export function someChunk({ take = 0, seq = 0, length = 1000, seed = 0 }: ChunkParts = {}): Chunk {
  const bytes = someBytes(length, seed + seq * 31 + take * 7919)
  return { take, seq, aligned: true, sha256: sha256(bytes), clusterMs: null, endMs: null, bytes }
}

export const someChunkFrame = (parts: ChunkParts = {}): Frame => chunkFrame(someChunk(parts))

export function someTakeFrame(take = 0): Frame {
  const body = { mimeType: 'video/webm', startedAt: '2025-01-02T03:04:05.000Z', init: 'GkXfow==' }
  return jsonFrame(FRAME.TAKE, body, { take })
}
