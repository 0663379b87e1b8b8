// Owns files that came from outside of the app and that nobody has agreed to yet. They lie apart from everything that is sent,
// and stay until a person keeps or discards them.
import { del, get, set, values } from 'idb-keyval'
import { heldStore } from './database.ts'
import type { FilePart, RecordingRow, TakeRow } from './rows.ts'

/** A file, and what it is to be stored as. */
export type HeldFile = {
  readonly row: RecordingRow
  readonly take: TakeRow
  readonly file: Blob
  readonly parts: readonly FilePart[]
}

/** Resolves when a copy of it is on this device's disk. @throws DOMException as `putFile` */
export const holdFile = (held: HeldFile): Promise<void> => set(held.row.id, held, heldStore)

/** Oldest first. */
export async function listHeld(): Promise<HeldFile[]> {
  const held = await values<HeldFile>(heldStore)
  return held.sort((a, b) => a.row.createdAt.localeCompare(b.row.createdAt))
}

export const readHeld = (id: string): Promise<HeldFile | undefined> => get(id, heldStore)

/** It was kept, or is not wanted. */
export const forgetHeld = (id: string): Promise<void> => del(id, heldStore)
