// The disk takes one megabyte a second while clients offer many times that: what waits is bounded, and so is the memory of
// the server. Whoever is refused comes again.
import { readFileSync } from 'node:fs'
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { waitFor } from '../../support/wait-for.ts'
import { WireHttp, WireSocket } from '../../support/wire-client.ts'
import { type Bytes, chunk, noise, TYPE, take } from '../../support/wire-frames.ts'
import { fault, type Scene } from '../fault.ts'
import type { Ground } from '../ground.ts'
import { run } from '../run-program.ts'
import { onlyServer } from '../site.ts'
import { LOOP_NEEDS, type OnDisk, siteOnDisk } from './loop-disk.ts'

const MiB = 1024 * 1024
const BYTES_PER_SECOND = MiB
/** Each fills its window of 8 MiB: together more than the 256 MiB that may wait. */
const FLOODERS = 40
const WINDOW_MiB = 8
/** Of the server, above what it took before: what may wait, copies on their way, and what no collector has looked at yet. */
const MAX_GROWTH_MiB = 800
/** The refusal comes as soon as the server has read what was sent. */
const REFUSAL = { timeoutMs: 20_000, everyMs: 20 }

type Throttled = OnDisk & { readonly group: string }

async function makeGroup(ground: Ground): Promise<string> {
  const group = join('/sys/fs/cgroup/blkio', `holdfast-chaos-${process.pid}-${Date.now()}`)
  await mkdir(group)
  ground.onEnd(async () => {
    const isEmpty = async () => (await readFile(join(group, 'cgroup.procs'), 'utf8')) === ''
    await waitFor('the slowed server to end', isEmpty)
    await rmdir(group)
  })
  return group
}

/** @param limit bytes a second; 0 = none */
async function slowDown({ disk, group }: Throttled, limit: number): Promise<void> {
  const numbers = await run('lsblk', '-n', '-d', '-o', 'MAJ:MIN', await disk.device())
  await writeFile(join(group, 'blkio.throttle.write_bps_device'), `${numbers.trim()} ${limit}`)
}

function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024
}

/** A client that is about to send all that it may have unanswered, at once. */
async function greetFlooder(url: string): Promise<WireSocket> {
  const socket = await WireSocket.greet(url, await new WireHttp(url).create())
  socket.send(take(0))
  await socket.until('take 0')
  return socket
}

function flood(socket: WireSocket, frame: Bytes): void {
  for (let seq = 0; seq < WINDOW_MiB; seq++) {
    const numbered = frame.slice()
    new DataView(numbered.buffer).setUint32(4, seq)
    socket.send(numbered)
  }
}

async function floodWhileSlow({ site, found }: Scene & { site: Throttled }): Promise<void> {
  const { pid } = onlyServer(site)
  const sockets = await Promise.all(Array.from({ length: FLOODERS }, () => greetFlooder(site.url)))
  // A little less than its window, which counts bytes.
  const frame = chunk(0, noise(MiB - 1024, 1))
  const before = residentBytes(pid)
  await slowDown(site, BYTES_PER_SECOND)
  for (const socket of sockets) flood(socket, frame)
  const count = (type: number) => sockets.reduce((sum, one) => sum + one.of(type).length, 0)
  let most = 0
  const isRefused = () => {
    most = Math.max(most, residentBytes(pid))
    return count(TYPE.NACK) > 0
  }
  await waitFor('what is too much to be refused', isRefused, REFUSAL).catch(() =>
    found.push('memory: more waits than may wait, and nothing was refused'),
  )
  const grown = Math.round((most - before) / MiB)
  if (grown > MAX_GROWTH_MiB) found.push(`memory: grown by ${grown} MiB`)
  await slowDown(site, 0)
  // The TAKEs were answered too.
  const isAnswered = () => count(TYPE.NACK) + count(TYPE.ACK) === FLOODERS * (WINDOW_MiB + 1)
  await waitFor('every chunk to be answered', isAnswered, { timeoutMs: 60_000 })
  for (const socket of sockets) socket.close()
}

export const slowDisk = fault<Throttled>({
  name: 'slow-disk',
  title: 'the disk takes 1 MB/s while clients offer 320 MB at once',
  needs: [...LOOP_NEEDS, 'blkio cgroup'],
  build: async (ground) => {
    const group = await makeGroup(ground)
    const prefix = ['sh', '-c', `echo $$ > ${group}/cgroup.procs && exec "$@"`, 'sh']
    return Object.assign(await siteOnDisk(ground, { prefix }), { group })
  },
  strike: floodWhileSlow,
  selfTests: [
    {
      without: 'a bound on what waits',
      sabotage: {
        breaks: [
          {
            file: 'server/ingest/index.ts',
            line: 'const MAX_HELD_BYTES = 256 * 1024 * 1024',
            instead: 'const MAX_HELD_BYTES = 2 ** 40',
          },
          {
            file: 'server/store/frame-intake.ts',
            line: '    this.#budget = new ByteBudget(maxQueuedBytes ?? 256 * MiB)',
            instead: '    this.#budget = new ByteBudget(maxQueuedBytes ?? 2 ** 20 * MiB)',
          },
        ],
      },
      finds: /memory: more waits than may wait/,
    },
  ],
})
