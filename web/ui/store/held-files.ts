// Files that came from outside of the app and wait on this device until the person keeps or discards them.
import { signal } from '@preact/signals'
import { forgetHeld, type HeldFile, listHeld } from '../../buffer/held-files.ts'
import { followUpload } from './uploads.ts'

export const held = signal<readonly HeldFile[]>([])

const session = () => import('../../session/held-files.ts')

/** Costs most visits one look: what is done with them is fetched when there are any. */
export async function lookForHeld(): Promise<void> {
  if ((await listHeld()).length === 0) return
  const { heldFiles } = await session()
  held.value = await heldFiles()
}

function drop(id: string): void {
  held.value = held.value.filter(({ row }) => row.id !== id)
}

/** @throws FileError when there is no room for it among what is sent; it stays held */
export async function keepFile(id: string): Promise<void> {
  const { keepHeld } = await session()
  const upload = await keepHeld(id)
  if (upload) followUpload(upload, false)
  drop(id)
}

export async function discardFile(id: string): Promise<void> {
  await forgetHeld(id)
  drop(id)
}
