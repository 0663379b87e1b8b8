// The note beside a segment whose write or sync failed (R8): for reconcile and for the operator who looks.
import type { Disk } from './disk.ts'
import { QUARANTINE_SUFFIX } from './recording-folder.ts'
import { writeAll } from './segment-writer.ts'

/** @param path of the segment. Throws what the disk throws, which is likely: it has just failed. */
export async function writeQuarantineMark(disk: Disk, path: string, error: unknown): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error)
  const file = await disk.create(path + QUARANTINE_SUFFIX)
  try {
    await writeAll(file, [new TextEncoder().encode(`${JSON.stringify({ reason })}\n`)])
    await file.sync()
  } finally {
    await file.close()
  }
}
