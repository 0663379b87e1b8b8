// Owns the hash of a chunk. The browser's own is fast but asynchronous, and absent outside secure contexts;
// a dying page must not wait.
import { sha256 as sha256Now } from '@noble/hashes/sha2.js'

/** sha256 without waiting: about 10 ms for 1 MiB. */
export function digestNow(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(sha256Now(bytes))
}

export async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const subtle = globalThis.crypto.subtle as SubtleCrypto | undefined
  if (!subtle) return digestNow(bytes)
  return new Uint8Array(await subtle.digest('SHA-256', bytes))
}
