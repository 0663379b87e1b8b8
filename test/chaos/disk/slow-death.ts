// Makes ext4 turn read-only as after an error, slowly: between the end of its journal and its word that it is read-only it
// writes its superblock, and in that time its syncs lie.
import { basename } from 'node:path'
import { run } from '../run-program.ts'
import type { LoopDisk, Place } from './loop-disk.ts'
import { LANE_NEEDS, SlowLane } from './slow-lane.ts'

export const DEATH_NEEDS = LANE_NEEDS

/** The superblock is 4 KiB: half a second. */
const BYTES_PER_SECOND = 8192

export async function endSlowly(disk: LoopDisk, place: Place): Promise<void> {
  const lane = await SlowLane.open(place)
  await lane.limit(disk, BYTES_PER_SECOND)
  const trigger = `/sys/fs/ext4/${basename(await disk.device())}/trigger_fs_error`
  const [shell = '', ...inLane] = lane.prefix
  await run(shell, ...inLane, 'sh', '-c', `echo 'made by a test' > ${trigger}`)
}
