// A strong entity tag out of the content: the made header and the digests of the chunks behind it. The same
// before and after a restart, on every instance, and for a ledger that was rebuilt.
import { createHash } from 'node:crypto'
import type { TakeChunk } from '@holdfast/db'
import type { VirtualFile } from '@holdfast/media'

/** With its quotes, as the header has it. */
export function etagOf(file: VirtualFile, chunks: readonly TakeChunk[]): string {
  const hash = createHash('sha256').update(file.header).update(String(file.size))
  for (const [n, { seq, sha256 }] of chunks.entries()) {
    // The same chunks around another hole make another file.
    if (seq !== (chunks[n - 1]?.seq ?? -1) + 1) hash.update(String(seq))
    hash.update(sha256)
  }
  return `"${hash.digest('base64url').slice(0, 27)}"`
}
