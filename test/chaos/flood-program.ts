// Clients that send, all at once, as much as each may have unanswered. A process of its own: a gigabyte takes its time to make
// and to mask, and the recorders of the run must not fall silent meanwhile.
// In: one line, to begin. Out: a line of JSON when all are connected, then what came back whenever that changed.
import { once } from 'node:events'
import { WireHttp, WireSocket } from '../support/wire-client.ts'
import { chunk, noise, TYPE, take } from '../support/wire-frames.ts'

const MiB = 1024 * 1024
const TELL_EVERY_MS = 20

const [url, count, windowMiB] = process.argv.slice(2)
if (!url || !count || !windowMiB) throw new Error('usage: flood-program URL COUNT MiB')

async function greet(server: string): Promise<WireSocket> {
  const socket = await WireSocket.greet(server, await new WireHttp(server).create())
  socket.send(take(0))
  await socket.until('take 0')
  return socket
}

/** A little less than its window, which counts bytes. */
const frame = chunk(0, noise(MiB - 1024, 1))

function flood(socket: WireSocket): void {
  for (let seq = 0; seq < Number(windowMiB); seq++) {
    const numbered = frame.slice()
    new DataView(numbered.buffer).setUint32(4, seq)
    socket.send(numbered)
  }
}

const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`)

const crowd = await Promise.all(Array.from({ length: Number(count) }, () => greet(url)))
const sum = (type: number) => crowd.reduce((all, one) => all + one.of(type).length, 0)
say({ acks: sum(TYPE.ACK), nacks: 0 })
await once(process.stdin, 'data')
// Each has its turn: what comes back is read between two of them.
for (const socket of crowd) {
  flood(socket)
  await new Promise((resolve) => setTimeout(resolve, 0))
}
let told = ''
setInterval(() => {
  const now = { acks: sum(TYPE.ACK), nacks: sum(TYPE.NACK) }
  if (JSON.stringify(now) === told) return
  told = JSON.stringify(now)
  say(now)
}, TELL_EVERY_MS)
