// The memory of a machine runs out. While clients flood the server, what it holds is bounded and the kernel has no reason to
// kill it; when a neighbour takes everything all the same, it is the server that the kernel chooses, in the middle of
// whatever it was doing.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { waitFor } from '../../support/wait-for.ts'
import { HOLD_ANYTHING, WITHOUT_COMMIT } from '../breaks.ts'
import { fault, type Scene } from '../fault.ts'
import { greetFlooders } from '../flood.ts'
import { pause } from '../ground.ts'
import { MemoryGroup } from '../memory-group.ts'
import { onlyServer, type Site, sharedSite } from '../site.ts'

const MiB = 1024 * 1024
/** What the server gets: itself, the 256 MiB that may wait, copies on their way and what no collector has looked at yet. */
const BOUND_MiB = 900
/** Each fills its window of 8 MiB: together far more than that. */
const FLOODERS = 120
const KILLS = 2
const REFUSAL = { timeoutMs: 20_000, everyMs: 20 }

/** Eats in bites as long as there is something. */
const EATER = `my @all; push @all, "x" x 8e6 for 1 .. ${Math.round((BOUND_MiB * MiB) / 8e6)}; sleep 600`

type Bounded = Site & { readonly group: MemoryGroup }

/** The ledger takes no chunk meanwhile, so that everything that is sent waits in the server. */
async function floodWhileHeldUp({ site, ground, found }: Scene & { site: Bounded }): Promise<void> {
  const server = onlyServer(site)
  const crowd = await greetFlooders(ground, site.url, FLOODERS)
  const isRefused = () => !server.isRunning || crowd.answers().nacks > 0
  await site.withLedger((sql) =>
    sql.begin(async (tx) => {
      await tx`lock table chunks in share mode`
      crowd.flood()
      await waitFor('what is too much to be refused', isRefused, REFUSAL).catch(() =>
        found.push('memory: more waits than may wait, and nothing was refused'),
      )
    }),
  )
  await crowd.leave()
  if ((await site.group.kills()) > 0) found.push('memory: the server took more than its bound')
  if (!server.isRunning) await site.revive(server)
}

async function killForMemory({ site, ground, found }: Scene & { site: Bounded }): Promise<void> {
  const { group } = site
  const server = onlyServer(site)
  const before = await group.kills()
  const [command, ...rest] = [...group.prefix, 'perl', '-e', EATER]
  const eater = spawn(command, rest, { stdio: 'ignore' })
  ground.onEnd(() => end(eater))
  await waitFor('the kernel to kill the server', () => !server.isRunning)
  await end(eater)
  if ((await group.kills()) === before) found.push('memory: it was not the kernel that killed it')
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

export const outOfMemory = fault<Bounded>({
  name: 'out-of-memory',
  title:
    'clients offer the server 960 MB at once; then memory runs out, and the kernel kills it, twice',
  needs: ['root', 'memory cgroup', 'perl'],
  build: async (ground) => {
    const group = MemoryGroup.open(ground)
    await group.bound(BOUND_MiB * MiB)
    return Object.assign(await sharedSite(ground, { prefix: group.victimPrefix }), { group })
  },
  strike: async (scene) => {
    const { site, crew, random } = scene
    await floodWhileHeldUp(scene)
    for (let i = 0; i < KILLS; i++) {
      await crew.untilAcked(1)
      await pause(random() * 800)
      await killForMemory(scene)
      await site.revive(onlyServer(site))
    }
  },
  selfTests: [
    WITHOUT_COMMIT,
    {
      without: 'a bound on what waits',
      sabotage: { breaks: HOLD_ANYTHING },
      finds: /memory: (the server took more than its bound|more waits than may wait)/,
    },
  ],
})
