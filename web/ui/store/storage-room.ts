// How long this device could keep a recording while the server is away, in time rather than gigabytes.
import { signal } from '@preact/signals'
import { storageRoom } from '../../index.ts'
import type { SourceKind } from '../record/media-problem.ts'
import { bitsPerSecond } from '../record/quality.ts'
import { preferences } from './preferences.ts'
import { source } from './source.ts'

export const room = signal<Awaited<ReturnType<typeof storageRoom>> | null>(null)

/** What the open source will write, all its recordings together. */
export function neededBits(kind: SourceKind): number {
  return bitsPerSecond(preferences.value.quality, kind, source.value?.parts.length)
}

/** How often it is measured while a source is open. */
const AGAIN_MS = 10_000

async function measureRoom(kind: SourceKind): Promise<void> {
  try {
    room.value = await storageRoom(neededBits(kind))
  } catch (error) {
    console.info('This browser does not say how much room there is', error)
    room.value = null
  }
}

/** Keeps `room` current. @returns a function that ends it */
export function watchRoom(kind: SourceKind): () => void {
  void measureRoom(kind)
  const timer = setInterval(() => void measureRoom(kind), AGAIN_MS)
  return () => clearInterval(timer)
}
