// A server has a few file descriptors left: enough to read a recording that ends, too few to begin the program that makes its
// pictures. Then strangers hold the last of them, and it can open nothing at all. Neither may end it.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { loadTake } from '../../support/corpus.ts'
import { waitFor } from '../../support/wait-for.ts'
import { bearer, type Made, WireHttp, WireSocket } from '../../support/wire-client.ts'
import { chunk, finish, take } from '../../support/wire-frames.ts'
import { fault } from '../fault.ts'
import { pause } from '../ground.ts'
import { onlyServer, sharedSite } from '../site.ts'

const FEW_MS = 1500
const NONE_MS = 3000
/** A program needs six: two for each of its pipes. */
const FEW = 4
const STRANGERS = 64
const CHUNKS = 3

const openFiles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length

function allowedFiles(pid: number): number {
  const limits = readFileSync(`/proc/${pid}/limits`, 'utf8')
  return Number(/^Max open files +(\d+)/m.exec(limits)?.[1])
}

function allowFiles(pid: number, count: number): void {
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${count}:`])
}

/** All of it is sent but the stop. */
async function almostDone(url: string): Promise<{ made: Made; socket: WireSocket }> {
  const { slices, mimeType } = loadTake('webm-vp8-opus-ts1000-30s')
  const made = await new WireHttp(url).create()
  const socket = await WireSocket.greet(url, made)
  socket.send(take(0, { mimeType }))
  for (const [seq, bytes] of slices.slice(0, CHUNKS).entries()) socket.send(chunk(seq, bytes))
  await socket.until(`ack 0/${CHUNKS - 1}`)
  return { made, socket }
}

async function untilPictured(url: string, { id, token }: Made): Promise<void> {
  const path = `${url}/api/recordings/${id}/thumbnail.jpg`
  const isThere = async () => (await fetch(path, { headers: bearer(token) })).status === 200
  await waitFor('the picture to be made', isThere, { timeoutMs: 30_000, everyMs: 100 })
}

function comeAsStranger(url: string): Socket {
  const { hostname, port } = new URL(url)
  return connect(Number(port), hostname).on('error', () => undefined)
}

export const outOfDescriptors = fault({
  name: 'out-of-descriptors',
  title:
    'a server (on Node) has few file descriptors left as a recording ends, then strangers hold all',
  needs: ['ffmpeg', 'prlimit'],
  build: (ground) => sharedSite(ground, { runtime: 'node', env: { HOLDFAST_JOBS: '1' } }),
  strike: async ({ site, ground, found }) => {
    const server = onlyServer(site)
    const { url } = site
    // What its ffmpeg can do is asked once; from then on the first thing that a job opens is the program that makes it.
    const first = await almostDone(url)
    first.socket.send(finish([CHUNKS]))
    await untilPictured(url, first.made)
    const last = await almostDone(url)

    const { pid } = server
    const allowed = allowedFiles(pid)
    const most = openFiles(pid) + FEW
    allowFiles(pid, most)
    last.socket.send(finish([CHUNKS]))
    await pause(FEW_MS)
    const strangers = Array.from({ length: STRANGERS }, () => comeAsStranger(url))
    const leave = () => {
      for (const stranger of strangers) stranger.destroy()
    }
    ground.onEnd(leave)
    const areTaken = () => !server.isRunning || openFiles(pid) >= most
    await waitFor('the last descriptor to be taken', areTaken, { everyMs: 5 })
    await pause(NONE_MS)
    leave()
    if (server.isRunning) {
      allowFiles(pid, allowed)
      await untilPictured(url, last.made)
    } else {
      found.push('descriptors: the server ended')
      await site.revive(server)
    }
  },
  selfTests: [
    {
      without: 'looking whether ffmpeg has begun',
      sabotage: {
        breaks: [
          {
            file: 'server/jobs/ffmpeg-run.ts',
            line: '    if (child.pid !== undefined) started(child, rings.out, rings.err)',
            instead: '    started(child, rings.out, rings.err)',
          },
        ],
      },
      finds: /descriptors: the server ended/,
    },
  ],
})
