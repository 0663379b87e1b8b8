// Servers that stand still or are away for longer than the grace time, while their recorders live: nobody's silence may
// be held against them (I5).
import type { Break } from '../../support/server.ts'
import { HEARD_LATE, NO_OUTAGE } from '../breaks.ts'
import { fault, type SelfTest } from '../fault.ts'
import { pause } from '../ground.ts'
import { GRACE_MS, sharedSite } from '../site.ts'

/** The grace time and more; the recorders give up their connections meanwhile. */
const LONG_MS = GRACE_MS + 2500

const withoutMemory = (...more: readonly Break[]): SelfTest => ({
  without: 'the memory of our own outages',
  sabotage: { breaks: [...NO_OUTAGE, ...more] },
  finds: /I5: finalized while it lived/,
})

export const bothPaused = fault({
  name: 'both-paused',
  title: 'SIGSTOP of both servers for longer than the grace time, while recorders live',
  build: (ground) => sharedSite(ground, { instances: 2 }),
  strike: async ({ site }) => {
    for (const { pid } of site.servers) process.kill(pid, 'SIGSTOP')
    await pause(LONG_MS)
    for (const { pid } of site.servers) process.kill(pid, 'SIGCONT')
  },
  selfTests: [withoutMemory(HEARD_LATE)],
})

export const allDown = fault({
  name: 'all-down',
  title: 'all servers SIGKILLed and away for longer than the grace time, while recorders wait',
  build: (ground) => sharedSite(ground, { instances: 2 }),
  strike: async ({ site }) => {
    await Promise.all(site.servers.map((server) => server.kill()))
    await pause(LONG_MS)
    await Promise.all(site.servers.map((server) => site.revive(server)))
  },
  selfTests: [withoutMemory()],
})
