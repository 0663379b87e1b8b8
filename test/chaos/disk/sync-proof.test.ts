// What a sync is worth in the moment in which ext4 gives up, and what the proof behind it is worth. Real ext4, the real
// store, and recordings that are written to as fast as they can be; which of them meets the moment is chance.
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { StoredAt } from '../../../server/store/chunk-store.ts'
import { type Disk, nodeDisk } from '../../../server/store/disk.ts'
import { openLocalStore } from '../../../server/store/local-store.ts'
import { someChunk, someChunkFrame } from '../../support/chunks.ts'
import { missingNeed } from '../needs.ts'
import { LOOP_NEEDS, LoopDisk, type Place } from './loop-disk.ts'
import { DEATH_NEEDS, endSlowly } from './slow-death.ts'

const RECORDINGS = 32
/** So many ends with the proof; without it a few show what it is for. */
const ENDS = 12
const MOST_ENDS = 200

/** A rename that nobody needs to do: the proof that there was before this one. */
const BELIEVING: Disk = { ...nodeDisk, rename: async () => undefined }

type Stored = { id: string; seq: number; at: StoredAt }

/** Appends until the disk refuses. */
async function writeOn(root: string, disk: Disk, end: () => Promise<void>): Promise<Stored[]> {
  const store = await openLocalStore({ root, incarnation: randomUUID(), disk })
  const stored: Stored[] = []
  const one = async (id: string) => {
    for (let seq = 0; ; seq += 1) {
      const at = await store.append(id, someChunkFrame({ seq })).catch(() => null)
      if (at === null) return
      stored.push({ id, seq, at })
    }
  }
  const all = Array.from({ length: RECORDINGS }, () => one(randomUUID()))
  await end()
  await Promise.all(all)
  await store.close()
  return stored
}

async function countLost(root: string, stored: readonly Stored[]): Promise<number> {
  const store = await openLocalStore({ root, incarnation: 'reader' })
  let lost = 0
  for (const { id, seq, at } of stored) {
    const { bytes } = someChunk({ seq })
    const read = await store.read(id, at, bytes.length).catch(() => null)
    if (!read || Buffer.compare(read, bytes) !== 0) lost += 1
  }
  await store.close()
  return lost
}

/** How much of what was called stored is gone when the disk is mounted again. */
async function lostAtAnEnd(disk: Disk): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-proof-'))
  const undo: (() => unknown)[] = [() => rm(folder, { recursive: true })]
  const place: Place = { folder, onEnd: (step) => undo.push(step) }
  try {
    const loop = await LoopDisk.open(place)
    const root = join(loop.folder, 'media')
    const stored = await writeOn(root, disk, () => endSlowly(loop, place))
    await loop.unmount()
    await loop.mount()
    return await countLost(root, stored)
  } finally {
    for (const step of undo.reverse()) await step()
  }
}

it('loses nothing that was called stored when ext4 turns read-only, and would without the proof', {
  timeout: 300_000,
}, async ({ skip }) => {
  const missing = missingNeed([...LOOP_NEEDS, ...DEATH_NEEDS])
  if (missing !== null) skip(`SKIPPED: this machine has no ${missing}.`)
  let ends = 0
  for (let lost = 0; lost === 0; ends += 1) {
    expect(ends, 'syncs told the truth: there is nothing to prove here').toBeLessThan(MOST_ENDS)
    lost = await lostAtAnEnd(BELIEVING)
  }
  console.info(`without the proof: lost at the ${ends}. end`)
  for (let n = 0; n < Math.max(ENDS, 2 * ends); n += 1) expect(await lostAtAnEnd(nodeDisk)).toBe(0)
})
