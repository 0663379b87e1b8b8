// Owns what becomes of a file that came from outside: held until a person says so, then sent like any other that is added.
import { forgetHeld, type HeldFile, holdFile, listHeld, readHeld } from '../buffer/held-files.ts'
import { readRecording } from '../buffer/local-buffer.ts'
import { prepareFile, storeFile, storing } from './add-file.ts'
import { drainNew } from './drain-new.ts'
import type { Upload } from './recording.ts'

/** Resolves when a copy of it is on this device's disk; nothing sends it. @throws FileError as `addFile` */
export async function holdSharedFile(file: File): Promise<void> {
  const ready = await prepareFile(file)
  await storing(holdFile(ready))
}

/** Those that nobody has agreed to yet, oldest first. */
export async function heldFiles(): Promise<HeldFile[]> {
  const held = await listHeld()
  const isKept = await Promise.all(held.map(({ row }) => readRecording(row.id)))
  // The page that kept it ended before this copy was gone.
  const kept = held.filter((_, at) => isKept[at])
  await Promise.all(kept.map(({ row }) => forgetHeld(row.id)))
  return held.filter((one) => !kept.includes(one))
}

/**
 * Begins to send it. Until it lies with what is sent it stays held.
 * @returns null when it is not held any more: another tab has decided
 * @throws FileError as `addFile`
 */
export async function keepHeld(id: string): Promise<Upload | null> {
  const held = await readHeld(id)
  if (!held) return null
  return await drainNew(id, {}, async () => {
    await storeFile(held)
    await forgetHeld(id)
  })
}
