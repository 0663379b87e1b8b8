// What a fault needs of the machine. Asked once; what is not there makes a fault say so loudly and count as skipped.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasFakeClock } from './clock/fake-clock.ts'
import { boundsMemory } from './memory-group.ts'

const works = (program: string, ...rest: string[]): boolean =>
  spawnSync(program, rest, { stdio: 'ignore' }).status === 0

function inFolder(attempt: (folder: string) => boolean): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-need-'))
  try {
    return attempt(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function mounts(folder: string, ...options: string[]): boolean {
  return works('mount', ...options, folder) && works('umount', folder)
}

/** The least that shows it: made and unmade again. */
const PROBES = {
  root: () => process.getuid?.() === 0,
  tmpfs: () => inFolder((folder) => mounts(folder, '-t', 'tmpfs', 'tmpfs')),
  'ext4 on a loop device': () =>
    inFolder((folder) => {
      const image = join(folder, 'image')
      writeFileSync(image, '')
      truncateSync(image, 8 * 1024 * 1024)
      return works('mkfs.ext4', '-q', '-F', image) && mounts(folder, '-o', 'loop', image)
    }),
  'network namespaces': () =>
    works('ip', 'netns', 'add', 'hf-probe') && works('ip', 'netns', 'del', 'hf-probe'),
  iptables: () => works('iptables', '-S'),
  ffmpeg: () => works('ffmpeg', '-version'),
  prlimit: () => works('prlimit', '--version'),
  perl: () => works('perl', '-v'),
  nginx: () => works('nginx', '-v'),
  haproxy: () => works('haproxy', '-v'),
  redis: () => works('redis-server', '--version'),
  strace: () => works('strace', '-o', '/dev/null', 'true'),
  eatmydata: () => works('eatmydata', 'true'),
  faketime: () => hasFakeClock,
  'memory cgroup': () => boundsMemory,
  'blkio cgroup': () => existsSync('/sys/fs/cgroup/blkio/blkio.throttle.write_bps_device'),
} as const satisfies Record<string, () => boolean>

export type Need = keyof typeof PROBES

const known = new Map<Need, boolean>()

/** The first thing that this machine has not; null when all is there. */
export function missingNeed(needs: readonly Need[]): Need | null {
  return (
    needs.find((need) => {
      if (!known.has(need)) known.set(need, PROBES[need]())
      return !known.get(need)
    }) ?? null
  )
}
