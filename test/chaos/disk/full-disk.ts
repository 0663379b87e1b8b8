// The disk of the media bytes is full to its last byte, for a while. Recorders keep what is refused, and go on when there
// is room again; what was acked can be read all the time.
import { appendFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { waitFor } from '../../support/wait-for.ts'
import { ACK_WHAT_FAILED } from '../breaks.ts'
import { fault, type Scene } from '../fault.ts'
import { run } from '../run-program.ts'
import { onlyServer } from '../site.ts'
import { LOOP_NEEDS, type OnDisk, siteOnDisk } from './loop-disk.ts'
import { unreadable } from './still-readable.ts'

const SPARED_BYTES = 4 * 1024 * 1024

/** To the last byte; `df` does not count what the file system needs for the filler itself. */
async function fillUp(folder: string): Promise<string> {
  const filler = join(folder, 'filler')
  const free = Number((await run('df', '-B1', '--output=avail', folder)).split('\n')[1])
  await run('fallocate', '-l', String(free - SPARED_BYTES), filler)
  const bytes = new Uint8Array(64 * 1024)
  for (let at = 0; at < 2 * SPARED_BYTES; at += bytes.length) {
    const isWritten = await appendFile(filler, bytes).then(
      () => true,
      () => false,
    )
    if (!isWritten) break
  }
  return filler
}

/** More refusals of each recorder than it takes to fill the disk. */
async function untilRefused({ crew }: Scene): Promise<void> {
  const before = crew.members.map(({ recorder }) => recorder.interruptions)
  const isRefused = () =>
    crew.members.every(({ recorder }, i) => recorder.interruptions > (before[i] ?? 0) + 5)
  await waitFor('refusals', isRefused, { timeoutMs: 30_000 })
}

export const fullDisk = fault<OnDisk>({
  name: 'full-disk',
  title: 'no byte is free on the disk of the media (ENOSPC), then there is room again',
  needs: LOOP_NEEDS,
  build: (ground) => siteOnDisk(ground),
  strike: async (scene) => {
    const { site, found } = scene
    const filler = await fillUp(site.disk.folder)
    await untilRefused(scene)
    const answer = await fetch(`${onlyServer(site).url}/readyz`)
    const { disk } = (await answer.json()) as { disk: string }
    if (disk !== 'low') found.push(`no byte is free, and readiness calls the disk ${disk}`)
    found.push(...(await unreadable(scene)))
    await rm(filler)
  },
  selfTests: [
    {
      without: 'refusing what could not be written',
      sabotage: { breaks: [ACK_WHAT_FAILED] },
      finds: /I1: (unreadable|acked and lost)/,
    },
  ],
})
