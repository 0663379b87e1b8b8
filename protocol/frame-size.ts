// Owns how long a frame may be: as long as what it carries may be, and its heads.
import { CHUNK_HEAD_BYTES } from './chunk-payload.ts'
import { HEAD_BYTES } from './frames.ts'
import { LIMITS } from './limits.ts'

/** The longest frame a server with this chunk limit reads, head included. */
export function maxFrameBytes(maxChunkBytes: number): number {
  return HEAD_BYTES + Math.max(CHUNK_HEAD_BYTES + maxChunkBytes, LIMITS.maxJsonBytes)
}
