// A real nginx or HAProxy in front of several servers, run on the very configuration that operators are given
// (deploy/): only addresses and folders are replaced.
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, Program } from './program.ts'

export const PROXY_KINDS = ['nginx', 'haproxy'] as const
export type ProxyKind = (typeof PROXY_KINDS)[number]

/** False where it is not installed: tests that need it must say that they were skipped. */
export const hasProxy = (kind: ProxyKind): boolean => spawnSync(kind, ['-v']).status === 0

const deployed = (name: string) => fileURLToPath(new URL(`../../deploy/${name}`, import.meta.url))

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

export class ReverseProxy {
  readonly url: string
  readonly #folder: string
  readonly #program: Program

  private constructor(url: string, folder: string, program: Program) {
    this.url = url
    this.#folder = folder
    this.#program = program
  }

  /** @param upstreams three at most, as `host:port` */
  static async start(kind: ProxyKind, upstreams: readonly string[]): Promise<ReverseProxy> {
    const folder = await mkdtemp(join(tmpdir(), `holdfast-${kind}-`))
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const config = join(folder, 'config')
    await writeFile(
      config,
      await (kind === 'nginx' ? nginxConfig : haproxyConfig)(folder, port, upstreams),
    )
    const isReady = async () => (await fetch(`${url}/healthz`)).ok
    const args =
      kind === 'nginx'
        ? ['-e', 'stderr', '-p', folder, '-c', config, '-g', `daemon off; pid ${folder}/pid;`]
        : ['-db', '-f', config]
    const program = await Program.start({ command: kind, args, isReady })
    return new ReverseProxy(url, folder, program)
  }

  /** What it complained about. */
  get output(): string {
    return this.#program.output
  }

  async stop(): Promise<void> {
    // Both end at once on SIGTERM; SIGKILL would leave nginx's workers behind.
    await this.#program.end('SIGTERM')
    await rm(this.#folder, { recursive: true, force: true })
  }
}

async function nginxConfig(folder: string, port: number, upstreams: readonly string[]) {
  const text = await readFile(deployed('nginx.conf'), 'utf8')
  const paths = TEMPORARY.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')
  return withUpstreams(text, upstreams)
    .replace('listen 8080;', `listen 127.0.0.1:${port};`)
    .replace('worker_processes auto;', 'worker_processes 1;')
    .replace('http {', `http { ${paths}`)
}

async function haproxyConfig(_folder: string, port: number, upstreams: readonly string[]) {
  const text = await readFile(deployed('haproxy.cfg'), 'utf8')
  return withUpstreams(text, upstreams).replace('bind :8080', `bind 127.0.0.1:${port}`)
}

/** Each `server` line with its own address; lines too many are dropped. */
function withUpstreams(text: string, upstreams: readonly string[]): string {
  const left = [...upstreams]
  return text
    .split('\n')
    .flatMap((line) => {
      if (!/^ +server .*:3000/.test(line)) return [line]
      const address = left.shift()
      return address === undefined ? [] : [line.replace(/\S+:3000/, address)]
    })
    .join('\n')
}
