// The file system finds an error and makes itself read-only, as ext4 does: nothing is acked, everything stays readable,
// until the operator has mounted it anew.
import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { waitFor } from '../../support/wait-for.ts'
import { ACK_WHAT_FAILED } from '../breaks.ts'
import { fault } from '../fault.ts'
import { onlyServer } from '../site.ts'
import { LOOP_NEEDS, type OnDisk, siteOnDisk } from './loop-disk.ts'
import { unreadable } from './still-readable.ts'

export const readOnlyDisk = fault<OnDisk>({
  name: 'read-only-disk',
  title: 'the file system turns read-only after an error, and is mounted anew',
  needs: LOOP_NEEDS,
  build: (ground) => siteOnDisk(ground),
  strike: async (scene) => {
    const { site, crew, found } = scene
    const server = onlyServer(site)
    const device = basename(await site.disk.device())
    await writeFile(`/sys/fs/ext4/${device}/trigger_fs_error`, 'made by a test')
    const before = crew.interruptions
    await waitFor('refusals', () => crew.interruptions > before + 10, { timeoutMs: 30_000 })
    const { status } = await fetch(`${server.url}/readyz`)
    if (status !== 503) found.push(`nothing can be written, and readiness says ${status}`)
    found.push(...(await unreadable(scene)))
    await server.kill('SIGTERM')
    await site.disk.unmount()
    await site.disk.mount()
    await site.revive(server)
  },
  selfTests: [
    {
      without: 'refusing what could not be written',
      sabotage: { breaks: [ACK_WHAT_FAILED] },
      finds: /I1: (unreadable|acked and lost)/,
    },
  ],
})
