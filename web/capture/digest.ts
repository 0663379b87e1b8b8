// Owns the hash of a chunk. The browser's own is fast but asynchronous, and absent outside secure contexts;
// a dying page must not wait.
import { sha256 } from './sha256.ts'

export async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const subtle = globalThis.crypto.subtle as SubtleCrypto | undefined
  if (!subtle) return sha256(bytes)
  return new Uint8Array(await subtle.digest('SHA-256', bytes))
}
