// A disk that can lose its power: ext4 on a loop device, of which only what the file system wrote to the device survives.
import { mkdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServerOptions } from '../../support/server.ts'
import { waitFor } from '../../support/wait-for.ts'
import type { Ground } from '../ground.ts'
import type { Need } from '../needs.ts'
import { run } from '../run-program.ts'
import { type Site, sharedSite } from '../site.ts'

export const LOOP_NEEDS: readonly Need[] = ['root', 'ext4 on a loop device', 'perl']

/** Above the disk reserve and a new database cluster; the image is sparse. */
const DISK_BYTES = 1024 ** 3

/** EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: from here on nothing reaches the device. */
const CUT = `open my $root, '<', $ARGV[0] or die $!; my $flags = pack('I', 2);
ioctl $root, 0x8004587d, $flags or die $!`

const FREE = { timeoutMs: 60_000 }

/** What is undone at its end. */
export type Place = Pick<Ground, 'folder' | 'onEnd'>

export class LoopDisk {
  /** Where it is mounted. */
  readonly folder: string
  readonly #image: string
  #isMounted = false

  private constructor(folder: string, image: string) {
    this.folder = folder
    this.#image = image
  }

  static async open(ground: Place): Promise<LoopDisk> {
    const image = join(ground.folder, 'image')
    const folder = join(ground.folder, 'disk')
    await writeFile(image, '')
    await truncate(image, DISK_BYTES)
    // No blocks that only root may have: full is full for a server that runs as root too.
    await run('mkfs.ext4', '-q', '-F', '-m', '0', '-e', 'remount-ro', image)
    await mkdir(folder)
    const disk = new LoopDisk(folder, image)
    ground.onEnd(() => disk.unmount())
    await disk.mount()
    return disk
  }

  /** The loop device goes with its mount. */
  async mount(): Promise<void> {
    await run('mount', '-o', 'loop', this.#image, this.folder)
    this.#isMounted = true
  }

  /** The device it is mounted from. */
  async device(): Promise<string> {
    return await run('findmnt', '-n', '-o', 'SOURCE', '--target', this.folder)
  }

  async cutPower(): Promise<void> {
    await run('perl', '-e', CUT, this.folder)
  }

  /**
   * Waits for the last process that was killed to leave, and for whoever took a copy of all mounts into a namespace of
   * its own: as long as one is there, the next mount would get the same dead file system again.
   */
  async unmount(): Promise<void> {
    if (!this.#isMounted) return
    const isDone = (work: () => Promise<boolean>) => waitFor('the disk to be free', work, FREE)
    await isDone(async () => {
      await run('umount', this.folder)
      return true
    })
    this.#isMounted = false
    await isDone(async () => (await run('losetup', '-j', this.#image)) === '')
  }
}

export type OnDisk = Site & { readonly disk: LoopDisk }

/** A server whose media bytes lie on such a disk, and whose database does not. */
export async function siteOnDisk(ground: Ground, options: ServerOptions = {}): Promise<OnDisk> {
  const disk = await LoopDisk.open(ground)
  const site = await sharedSite(ground, { ...options, dataDir: join(disk.folder, 'data') })
  return Object.assign(site, { disk })
}
