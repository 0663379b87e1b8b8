// The note beside a segment whose write or sync failed (R8): for reconcile and for the operator who looks.
import type { Disk } from './disk.ts'
import { QUARANTINE_SUFFIX } from './recording-folder.ts'
import { writeAll } from './segment-writer.ts'

/** @param path of the segment. Throws what the disk throws, which is likely: it has just failed. */
export async function writeQuarantineMark(disk: Disk, path: string, error: unknown): Promise<void> {
  const file = await disk.create(path + QUARANTINE_SUFFIX)
  try {
    await writeAll(file, [markText(error)])
    await file.sync()
  } finally {
    await file.close()
  }
}

/** What the note says. */
export function markText(error: unknown): Uint8Array<ArrayBuffer> {
  const reason = error instanceof Error ? error.message : String(error)
  return new TextEncoder().encode(`${JSON.stringify({ reason })}\n`)
}
