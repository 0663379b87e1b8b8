// The disk under the store: room above the reserve, and that a sync really takes what it is given, as the store does it.
import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { uuidv7 } from 'uuidv7'
import { nodeDisk } from '../../../server/store/disk.ts'
import { DiskReserve } from '../../../server/store/disk-reserve.ts'
import { segmentKey } from '../../../server/store/recording-folder.ts'
import { writeAll } from '../../../server/store/segment-writer.ts'
import { size } from '../human.ts'
import { type Check, failure, messageOf, ok, warning } from './check.ts'

const PROBE_WRITES = 16
const PROBE_BYTES = 64 * 1024
/** A chunk is acknowledged after one sync: slower than this people wait for "safe". */
const SLOW_SYNC_MS = 250
/**
 * A sync that takes fewer times as long as a call that does nothing did nothing either, however slow the machine is: where it
 * did nothing it took up to twice as long (measured), on a disk twenty times.
 */
const LEAST_TIMES_A_CALL = 5

export async function checkDisk(dir: string): Promise<Check[]> {
  const folder = existing(dir)
  const reserve = new DiskReserve({ path: folder, disk: nodeDisk, now: () => 0 })
  const space = await reserve.space()
  return [checkSpace(space.freeBytes, space.reserveBytes), await trySync(folder)]
}

/** Before the first start there is only what the store will lie in. */
function existing(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : existing(dirname(path))
}

function checkSpace(freeBytes: number, reserveBytes: number): Check {
  const found = `${size(freeBytes)} free, ${size(reserveBytes)} reserve`
  if (freeBytes < reserveBytes) {
    return failure('disk', found, 'Free space: below the reserve nothing new is taken.')
  }
  if (freeBytes > 4 * reserveBytes) return ok('disk', found)
  return warning('disk', found, 'Free space soon: at the reserve recorders are refused.')
}

/** How much room there is says less than a write does. */
async function trySync(folder: string): Promise<Check> {
  try {
    return checkSync(await probe(folder))
  } catch (error) {
    const advice = 'Nothing can be stored: free space, or check the disk, its mount and its rights.'
    return failure('sync', messageOf(error), advice)
  }
}

function checkSync({ medianMs, quickestSyncMs, quickestCallMs }: Probed): Check {
  const found = `${medianMs.toFixed(2)} ms for a write and fdatasync`
  if (medianMs > SLOW_SYNC_MS) {
    return warning('sync', found, 'Acks wait for it: use a quicker disk for the store.')
  }
  if (quickestSyncMs > LEAST_TIMES_A_CALL * quickestCallMs) return ok('sync', found)
  return warning('sync', found, 'Too quick to be true: are syncs turned off (eatmydata, tmpfs)?')
}

type Probed = {
  /** Of a write and its sync. */
  medianMs: number
  quickestSyncMs: number
  /** Of a call that asks the disk for nothing. */
  quickestCallMs: number
}

/** Some real appends. */
async function probe(folder: string): Promise<Probed> {
  // The store's own name for it: what is left of a killed probe is found by reconcile.
  const path = join(folder, `.probe-${segmentKey(uuidv7(), 0)}`)
  const file = await nodeDisk.create(path)
  const times: number[] = []
  const syncs: number[] = []
  const calls: number[] = []
  try {
    for (let n = 0; n < PROBE_WRITES; n++) {
      const startedAt = performance.now()
      await writeAll(file, [new Uint8Array(PROBE_BYTES)])
      const writtenAt = performance.now()
      await file.datasync()
      const endedAt = performance.now()
      times.push(endedAt - startedAt)
      syncs.push(endedAt - writtenAt)
      await stat(folder)
      calls.push(performance.now() - endedAt)
    }
  } finally {
    await file.close()
    await nodeDisk.remove(path)
  }
  const medianMs = times.toSorted((a, b) => a - b)[PROBE_WRITES / 2] ?? 0
  return { medianMs, quickestSyncMs: Math.min(...syncs), quickestCallMs: Math.min(...calls) }
}
