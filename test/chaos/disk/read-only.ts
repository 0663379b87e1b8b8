// The file system finds an error and makes itself read-only, as ext4 does: nothing is acked, everything stays readable,
// until the operator has mounted it anew.
import { waitFor } from '../../support/wait-for.ts'
import { ACK_WHAT_FAILED } from '../breaks.ts'
import { fault } from '../fault.ts'
import { onlyServer } from '../site.ts'
import { LOOP_NEEDS, type OnDisk, siteOnDisk } from './loop-disk.ts'
import { DEATH_NEEDS, endSlowly } from './slow-death.ts'
import { unreadable } from './still-readable.ts'

export const readOnlyDisk = fault<OnDisk>({
  name: 'read-only-disk',
  title: 'the file system turns read-only after an error, and is mounted anew',
  needs: [...LOOP_NEEDS, ...DEATH_NEEDS],
  build: (ground) => siteOnDisk(ground),
  strike: async (scene) => {
    const { site, crew, found, ground } = scene
    const server = onlyServer(site)
    const before = crew.interruptions
    await endSlowly(site.disk, ground)
    const isRefused = () => crew.interruptions > before + 10
    await waitFor('refusals', isRefused, { timeoutMs: 15_000 }).catch(() =>
      found.push('R8: nothing is refused'),
    )
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
