// fdatasync fails with EIO, once in each thread: the segment whose sync failed is never synced or written again (R8), and
// its recorder's chunks go to the next one.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { waitFor } from '../../support/wait-for.ts'
import { fault } from '../fault.ts'
import { type Site, sharedSite } from '../site.ts'

type Traced = Site & { readonly trace: string }

/** Which sync of a thread fails: after every recorder has its first acks. */
const WHICH = 12
const CALLS = 'fsync,fdatasync,writev,pwritev,pwritev2'
const FAILED = /^\d+ +f(?:data)?sync\(\d+<([^>]+)>\).*\(INJECTED\)/gm

const failedPaths = (log: string): string[] =>
  [...log.matchAll(FAILED)].map(([, path = '']) => path)

export const failingSync = fault<Traced>({
  name: 'failing-sync',
  title: '`fdatasync` answers EIO, once in each thread',
  needs: ['root', 'strace'],
  build: async (ground) => {
    const trace = join(ground.folder, 'trace')
    // -D: the server stays our own child. -y: the log has the paths.
    const strace = ['strace', '-D', '-f', '-q', '-y', '-o', trace, '-e', `trace=${CALLS}`]
    const prefix = [...strace, '-e', `inject=fdatasync:error=EIO:when=${WHICH}`]
    return Object.assign(await sharedSite(ground, { prefix }), { trace })
  },
  strike: async ({ site }) => {
    const hasFailed = async () => failedPaths(await readFile(site.trace, 'utf8')).length > 0
    await waitFor('a sync to fail', hasFailed, { timeoutMs: 30_000 })
  },
  also: async ({ site }) => {
    const log = await readFile(site.trace, 'utf8')
    return failedPaths(log).flatMap((path) => {
      const [, later = ''] = log.split(new RegExp(`<${path}>\\).*\\(INJECTED\\)\n`))
      const isTouched = later.includes(`<${path}>`)
      return [
        ...(isTouched ? [`R8: written or synced again after its sync failed: ${path}`] : []),
        ...(existsSync(`${path}.quarantined`) ? [] : [`R8: not set aside: ${path}`]),
      ]
    })
  },
  selfTests: [
    {
      without: 'leaving the failed segment',
      sabotage: {
        breaks: [
          {
            file: 'server/store/open-segments.ts',
            line: '      this.#slots.delete(recordingId)\n      if (slot.segment) await this.#closeFile(slot.segment)\n      // Out',
            instead: '      // Out',
          },
        ],
      },
      finds: /R8: written or synced again/,
    },
  ],
})
