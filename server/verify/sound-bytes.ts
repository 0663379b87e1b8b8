// Whether a chunk lies where its row says, byte for byte: the one question behind everything that is served, laid out or
// verified.
import { createHash, timingSafeEqual } from 'node:crypto'
import { HoldfastError } from '@holdfast/protocol'
import type { ChunkStore, StoredAt } from '../store/chunk-store.ts'

/** A chunk, and where it lay when its row was read. */
export type KnownChunk = StoredAt & { readonly sha256: Uint8Array; readonly bytes: number }

/**
 * All bytes of a chunk, as they were acknowledged.
 * @throws HoldfastError `bytes_damaged` when others lie there or none, `store_failed` when reading fails
 */
export async function readSound(
  store: Pick<ChunkStore, 'read'>,
  recordingId: string,
  chunk: KnownChunk,
): Promise<Uint8Array<ArrayBuffer>> {
  const { segment, offset } = chunk
  const bytes = await store.read(recordingId, chunk, chunk.bytes)
  if (isSound(bytes, chunk)) return bytes
  throw new HoldfastError('bytes_damaged', { details: { recordingId, segment, offset } })
}

export function isSound(bytes: Uint8Array, { sha256 }: Pick<KnownChunk, 'sha256'>): boolean {
  return timingSafeEqual(createHash('sha256').update(bytes).digest(), sha256)
}

/** What was acknowledged could not be had: it is damaged, or the disk answers with an error. */
export function isUnreadable(error: unknown): boolean {
  return isDamage(error) || (error instanceof HoldfastError && error.code === 'store_failed')
}

export function isDamage(error: unknown): boolean {
  return error instanceof HoldfastError && error.code === 'bytes_damaged'
}
