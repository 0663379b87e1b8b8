// The disk takes one megabyte a second while clients offer many times that: what waits is bounded, and so is the memory of
// the server. Whoever is refused comes again.
import { readFileSync } from 'node:fs'
import { waitFor } from '../../support/wait-for.ts'
import { HOLD_ANYTHING } from '../breaks.ts'
import { fault, type Scene } from '../fault.ts'
import { greetFlooders, WINDOW_MiB } from '../flood.ts'
import { onlyServer } from '../site.ts'
import { LOOP_NEEDS, type OnDisk, siteOnDisk } from './loop-disk.ts'
import { LANE_NEEDS, SlowLane } from './slow-lane.ts'

const MiB = 1024 * 1024
const BYTES_PER_SECOND = MiB
/** Each fills its window of 8 MiB: together more than the 256 MiB that may wait. */
const FLOODERS = 40
/** Of the server, above what it took before: what may wait, copies on their way, and what no collector has looked at yet. */
const MAX_GROWTH_MiB = 800
/** The refusal comes as soon as the server has read what was sent. */
const REFUSAL = { timeoutMs: 20_000, everyMs: 20 }

type Throttled = OnDisk & { readonly lane: SlowLane }

function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024
}

async function floodWhileSlow({ site, ground, found }: Scene & { site: Throttled }): Promise<void> {
  const { pid } = onlyServer(site)
  const crowd = await greetFlooders(ground, site.url, FLOODERS)
  const before = residentBytes(pid)
  await site.lane.limit(site.disk, BYTES_PER_SECOND)
  crowd.flood()
  let most = 0
  const isRefused = () => {
    most = Math.max(most, residentBytes(pid))
    return crowd.answers().nacks > 0
  }
  await waitFor('what is too much to be refused', isRefused, REFUSAL).catch(() =>
    found.push('memory: more waits than may wait, and nothing was refused'),
  )
  const grown = Math.round((most - before) / MiB)
  if (grown > MAX_GROWTH_MiB) found.push(`memory: grown by ${grown} MiB`)
  await site.lane.limit(site.disk, 0)
  // The TAKEs were answered too.
  const isAnswered = () => {
    const { acks, nacks } = crowd.answers()
    return acks + nacks === FLOODERS * (WINDOW_MiB + 1)
  }
  await waitFor('every chunk to be answered', isAnswered, { timeoutMs: 60_000 })
  await crowd.leave()
}

export const slowDisk = fault<Throttled>({
  name: 'slow-disk',
  title: 'the disk takes 1 MB/s while clients offer 320 MB at once',
  needs: [...LOOP_NEEDS, ...LANE_NEEDS],
  build: async (ground) => {
    const lane = await SlowLane.open(ground)
    return Object.assign(await siteOnDisk(ground, { prefix: lane.prefix }), { lane })
  },
  strike: floodWhileSlow,
  selfTests: [
    {
      without: 'a bound on what waits',
      sabotage: { breaks: HOLD_ANYTHING },
      finds: /memory: more waits than may wait/,
    },
  ],
})
