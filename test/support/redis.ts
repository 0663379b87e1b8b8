// A real Redis on a port of its own, with a password, that can be killed, frozen and started again.
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort, Program } from './program.ts'

/** False on machines without it: tests that need it must say that they were skipped. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0

/** With what a URL must escape. */
const PASSWORD = 'p@ss:w/rd?'

type RedisOptions = {
  /** Nothing but TLS, with a certificate of its own. @default false */
  hasTls?: boolean
}

export class RedisServer {
  readonly #port: number
  readonly #folder: string
  readonly #hasTls: boolean
  #program: Program | null = null

  private constructor(port: number, folder: string, hasTls: boolean) {
    this.#port = port
    this.#folder = folder
    this.#hasTls = hasTls
  }

  static async start({ hasTls = false }: RedisOptions = {}): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-redis-'))
    const redis = new RedisServer(await freePort(), folder, hasTls)
    if (hasTls) await makeCertificate(folder)
    await redis.start()
    return redis
  }

  get url(): string {
    const scheme = this.#hasTls ? 'rediss' : 'redis'
    return `${scheme}://:${encodeURIComponent(PASSWORD)}@127.0.0.1:${this.#port}`
  }

  /** Who trusts it trusts this Redis. */
  get certificate(): string {
    return join(this.#folder, 'cert.pem')
  }

  get isRunning(): boolean {
    return this.#program?.isRunning ?? false
  }

  /** Again on the same port, after `kill`. */
  async start(): Promise<void> {
    const port = String(this.#port)
    const settings = {
      ...(this.#hasTls ? { port: '0', 'tls-port': port, ...this.#tls() } : { port }),
      bind: '127.0.0.1',
      dir: this.#folder,
      requirepass: PASSWORD,
      save: '',
      appendonly: 'no',
    }
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
    const isReady = () => accepts(this.#port)
    this.#program = await Program.start({ command: 'redis-server', args, isReady })
  }

  async kill(): Promise<void> {
    await this.#program?.end('SIGKILL')
  }

  /** It keeps its connections and says nothing, until `thaw`. */
  freeze(): void {
    this.#program?.signal('SIGSTOP')
  }

  thaw(): void {
    this.#program?.signal('SIGCONT')
  }

  async stop(): Promise<void> {
    await this.kill()
    await rm(this.#folder, { recursive: true, force: true })
  }

  #tls() {
    return {
      'tls-cert-file': this.certificate,
      'tls-key-file': join(this.#folder, 'key.pem'),
      'tls-auth-clients': 'no',
    }
  }
}

async function makeCertificate(folder: string): Promise<void> {
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
  const about = ['-days', '2', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  await promisify(execFile)('openssl', ['req', '-x509', ...key, ...files, ...about])
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
