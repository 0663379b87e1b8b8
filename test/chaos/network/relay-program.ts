// Runs in a network namespace: passes TCP connections on to a unix socket, which is the same file everywhere.
import { connect, createServer } from 'node:net'

const [host, port, socket] = process.argv.slice(2)
if (!host || !socket) throw new Error('usage: relay-program HOST PORT SOCKET')

const server = createServer((client) => {
  const upstream = connect({ path: socket })
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    one.pipe(other)
    one.on('error', () => other.destroy())
    one.on('close', () => other.destroy())
  }
})
server.listen(Number(port), host, () => process.stdout.write('listening\n'))
