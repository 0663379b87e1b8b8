// How long this device could keep a recording while the server is away, in time rather than gigabytes.
import { signal } from '@preact/signals'
import { storageRoom } from '../../index.ts'
import type { SourceKind } from '../record/media-problem.ts'
import { BITS_PER_SECOND } from './recording.ts'

export const room = signal<Awaited<ReturnType<typeof storageRoom>> | null>(null)

/** How often it is measured while a source is open. */
const AGAIN_MS = 10_000

async function measureRoom(kind: SourceKind): Promise<void> {
  const { audio, video } = BITS_PER_SECOND
  try {
    const picture = kind === 'microphone' ? 0 : video
    room.value = await storageRoom((audio + picture) * (kind === 'both' ? 2 : 1))
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
