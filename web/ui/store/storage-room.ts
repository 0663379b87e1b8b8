// How long this device could keep a recording while the server is away, in time rather than gigabytes.
import { signal } from '@preact/signals'
import { storageRoom } from '../../index.ts'
import type { SourceKind } from '../record/media-problem.ts'
import { BITS_PER_SECOND } from './recording.ts'

export const room = signal<Awaited<ReturnType<typeof storageRoom>> | null>(null)

export async function measureRoom(kind: SourceKind): Promise<void> {
  const { audio, video } = BITS_PER_SECOND
  room.value = await storageRoom(kind === 'microphone' ? audio : audio + video)
}
