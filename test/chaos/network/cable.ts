// A network of its own between the recorders and the server: a pair of virtual cards, one end in a namespace where a relay
// listens. Its packets can be lost, and the recorders' address can change.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TcpProxy } from '../../support/tcp-proxy.ts'
import type { Ground } from '../ground.ts'
import type { Need } from '../needs.ts'
import { run } from '../run-program.ts'
import { type Site, sharedSite } from '../site.ts'
import { portOf, reachedAt } from './line.ts'

export const CABLE_NEEDS: readonly Need[] = ['root', 'network namespaces', 'iptables']

const RELAY = fileURLToPath(new URL('./relay-program.ts', import.meta.url))
const PORT = 3000

export type OnCable = Site & { readonly cable: Cable }

export class Cable {
  readonly #name: string
  /** The first three numbers of its addresses. */
  readonly #net: string
  #hosts = 2

  private constructor(name: string, net: string) {
    this.#name = name
    this.#net = net
  }

  static async open(ground: Ground): Promise<Cable> {
    const name = `hf${randomInt(2 ** 32).toString(36)}`
    const cable = new Cable(name, `10.${randomInt(64, 128)}.${randomInt(256)}`)
    const near = `${name}a`
    const far = `${name}b`
    await run('ip', 'netns', 'add', name)
    // The pair goes with the namespace that holds one end of it.
    ground.onEnd(() => run('ip', 'netns', 'del', name))
    await run('ip', 'link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', name)
    await run('ip', 'addr', 'add', `${cable.#net}.2/24`, 'dev', near)
    await run('ip', 'link', 'set', near, 'up')
    await run('ip', '-n', name, 'addr', 'add', `${cable.#net}.1/24`, 'dev', far)
    await run('ip', '-n', name, 'link', 'set', far, 'up')
    return cable
  }

  /** The server's, for the recorders. */
  get url(): string {
    return `http://${this.#net}.1:${PORT}`
  }

  /** Passes what comes over the cable on to a socket of this machine. */
  async relayTo(ground: Ground, socket: string): Promise<void> {
    const command = [process.execPath, RELAY, `${this.#net}.1`, String(PORT), socket]
    const relay = spawn('ip', ['netns', 'exec', this.#name, ...command], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    ground.onEnd(() => end(relay))
    await once(relay.stdout, 'data')
  }

  /** Of every packet, in both directions; 0 = none. */
  async lose(share: number): Promise<void> {
    const tables = (...rest: string[]) =>
      run('ip', 'netns', 'exec', this.#name, 'iptables', ...rest)
    await tables('-F')
    if (share === 0) return
    const rule = [
      '-m',
      'statistic',
      '--mode',
      'random',
      '--probability',
      String(share),
      '-j',
      'DROP',
    ]
    for (const way of ['INPUT', 'OUTPUT']) await tables('-A', way, ...rule)
  }

  /** The recorders' end gets another one: no packet for the old one arrives any more, and nobody is told. */
  async changeAddress(): Promise<void> {
    const near = `${this.#name}a`
    await run('ip', 'addr', 'del', `${this.#net}.${this.#hosts}/24`, 'dev', near)
    this.#hosts += 1
    await run('ip', 'addr', 'add', `${this.#net}.${this.#hosts}/24`, 'dev', near)
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

export async function siteOnCable(
  ground: Ground,
  env: Record<string, string> = {},
): Promise<OnCable> {
  const cable = await Cable.open(ground)
  const site = await sharedSite(ground, { env: { HOLDFAST_ORIGINS: cable.url, ...env } })
  const socket = join(ground.folder, 'cable')
  const proxy = await TcpProxy.listen(portOf(site), socket)
  ground.onEnd(() => proxy.close())
  await cable.relayTo(ground, socket)
  return Object.assign(reachedAt(site, cable.url), { cable })
}
