// What can happen to a take on its way, and the file that is made of what came.
import type { VirtualFile } from '@holdfast/media'
import type { RecordedTake } from '../../test/support/corpus.ts'
import {
  buildCutInTwo,
  buildWithout,
  type SentTake,
  sendTake,
} from '../../test/support/damaged-take.ts'

export type Made = { readonly file: VirtualFile; readonly bytes: Uint8Array }

/** `make` gives null where no chunk is left. */
export type Damage = { readonly name: string; readonly make: (take: RecordedTake) => Made | null }

const aligned = (take: RecordedTake): SentTake => sendTake(take, 'aligned')

/** Four places spread over the take, none of them at an end. */
function spread(chunks: number): number[] {
  return [...new Set([0.2, 0.4, 0.6, 0.8].map((part) => Math.floor(part * chunks)))]
}

const without = (name: string, lostOf: (chunks: number) => number[]): Damage => ({
  name,
  make: (take) => {
    const sent = aligned(take)
    const lost = lostOf(sent.chunks.length)
    return lost.length < sent.chunks.length ? buildWithout(sent, lost) : null
  },
})

const cutInTwo: Damage = { name: 'one cut in two', make: (take) => buildCutInTwo(aligned(take)) }

export const countChunks = (take: RecordedTake): number => aligned(take).chunks.length
export const whole = (take: RecordedTake): Made => buildWithout(aligned(take), [])
export const DAMAGES: readonly Damage[] = [
  without('one lost', (chunks) => [chunks >> 1]),
  without('four lost', spread),
  without('first lost', () => [0]),
  without('last lost', (chunks) => [chunks - 1]),
  cutInTwo,
]
