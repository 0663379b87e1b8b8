// Clients that send, all at once, as much as each may have unanswered: what a server holds of it must be bounded.
import { WireHttp, WireSocket } from '../support/wire-client.ts'
import { chunk, noise, take } from '../support/wire-frames.ts'

const MiB = 1024 * 1024
/** What each sends: its whole window. */
export const WINDOW_MiB = 8

export interface Flooders {
  /** Each sends its window. */
  flood(): void
  /** Frames of this type that came back to all of them. */
  count(type: number): number
  leave(): void
}

/** Resolves when all are connected and have a take. */
export async function greetFlooders(url: string, count: number): Promise<Flooders> {
  const sockets = await Promise.all(Array.from({ length: count }, () => greet(url)))
  return {
    flood: () => sockets.forEach(flood),
    count: (type) => sockets.reduce((sum, one) => sum + one.of(type).length, 0),
    leave: () => {
      for (const socket of sockets) socket.close()
    },
  }
}

async function greet(url: string): Promise<WireSocket> {
  const socket = await WireSocket.greet(url, await new WireHttp(url).create())
  socket.send(take(0))
  await socket.until('take 0')
  return socket
}

function flood(socket: WireSocket): void {
  // A little less than its window, which counts bytes.
  const frame = chunk(0, noise(MiB - 1024, 1))
  for (let seq = 0; seq < WINDOW_MiB; seq++) {
    const numbered = frame.slice()
    new DataView(numbered.buffer).setUint32(4, seq)
    socket.send(numbered)
  }
}
