// The limits that recorders are told, from the configured ones.
import { LIMITS, maxFrameBytes, type WireLimits } from '@holdfast/protocol'
import type { Config } from './config.ts'
import type { Log } from './observe/log.ts'

/** Chunks get their numbers, and so their bytes, before a recorder reaches any server (rule 10: up to 1 MiB). */
export function warnOfSmallChunks({ maxChunkBytes }: Config, log: Log): void {
  if (maxChunkBytes >= LIMITS.splitChunkBytes) return
  const advice = 'recorders may hold larger chunks from before they knew; set it to 1MiB or more'
  log.warn({ maxChunkBytes }, `HOLDFAST_MAX_CHUNK_BYTES is below 1MiB: ${advice}`)
}

/** Windows and bodies always hold a few of the largest chunks, whatever was configured. */
export function wireLimits({ maxChunkBytes }: Config): WireLimits {
  return {
    maxChunkBytes,
    maxBodyBytes: Math.max(LIMITS.maxBodyBytes, 2 * maxFrameBytes(maxChunkBytes)),
    window: LIMITS.window,
    windowBytes: Math.max(LIMITS.windowBytes, 2 * maxChunkBytes),
  }
}
