// A control group whose processes write to one disk as slowly as a fault wants.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { removeGroup } from '../control-group.ts'
import type { Need } from '../needs.ts'
import { run } from '../run-program.ts'
import type { LoopDisk, Place } from './loop-disk.ts'

export const LANE_NEEDS: readonly Need[] = ['blkio cgroup']

let lanes = 0

export class SlowLane {
  readonly #group: string

  private constructor(group: string) {
    this.#group = group
  }

  static async open(ground: Place): Promise<SlowLane> {
    const name = `holdfast-chaos-${process.pid}-${Date.now()}-${lanes++}`
    const group = join('/sys/fs/cgroup/blkio', name)
    await mkdir(group)
    ground.onEnd(() => removeGroup(group))
    return new SlowLane(group)
  }

  /** What a program is started with, to be in the lane. */
  get prefix(): string[] {
    return ['sh', '-c', `echo $$ > ${this.#group}/cgroup.procs && exec "$@"`, 'sh']
  }

  /** @param bytesPerSecond 0 = as fast as it is */
  async limit(disk: LoopDisk, bytesPerSecond: number): Promise<void> {
    const numbers = await run('lsblk', '-n', '-d', '-o', 'MAJ:MIN', await disk.device())
    const path = join(this.#group, 'blkio.throttle.write_bps_device')
    await writeFile(path, `${numbers} ${bytesPerSecond}`)
  }
}
