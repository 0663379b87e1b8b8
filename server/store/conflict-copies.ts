// Conflicting copies (protocol §2 rule 2): evidence, each in a file of its own that holds one CHUNK frame.
import { type Chunk, chunkFrame, toHex } from '@holdfast/protocol'
import { streamHead } from './frame-place.ts'
import { segmentPath } from './recording-folder.ts'
import { type Durability, writeAll } from './segment-writer.ts'

export type CopyPlace = { root: string; recordingId: string; key: string; temporary: string }

/** The same copy always has the same key. */
export function conflictKey({ take, seq, sha256 }: Chunk): string {
  return `conflict-${take}-${seq}-${toHex(sha256)}.seg`
}

/**
 * Durable when it resolves. Written aside and renamed, so that a crash never leaves half a copy under the key;
 * a copy that is there already is replaced by the same bytes.
 */
export async function writeConflictCopy(
  place: CopyPlace,
  chunk: Chunk,
  { disk, folders, proof }: Durability,
): Promise<void> {
  const folder = await folders.make(place.recordingId)
  const aside = `${folder}/${place.temporary}`
  const file = await disk.create(aside)
  try {
    const frame = chunkFrame(chunk)
    await writeAll(file, [streamHead(frame), frame.payload])
    await file.sync()
  } finally {
    await file.close()
  }
  await disk.rename(aside, segmentPath(place.root, place.recordingId, place.key))
  await folders.sync(place.recordingId)
  await proof.give()
}
