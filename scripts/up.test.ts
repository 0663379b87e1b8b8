// `npm start` and `npm test` in a small tree of their own, with the real script, Node and Bun.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'

const scripts = dirname(fileURLToPath(import.meta.url))
const bunVersion = execFileSync(process.execPath, ['--version']).toString().trim()

// Is up when it hears signals; says each of them, and ends with 7 when it has had the one that a supervisor sends.
const SERVER = `
console.log('threads ' + process.env.UV_THREADPOOL_SIZE)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    console.log('got ' + signal)
    if (signal === 'SIGTERM') process.exit(7)
  })
}
console.log('server ' + process.pid + ' ' + process.argv.slice(2).join(' '))
setInterval(() => {}, 60_000)
`

async function makeTree(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'up-'))
  onTestFinished(() => rm(root, { recursive: true }))
  await cp(join(scripts, 'up'), join(root, 'scripts/up'), { recursive: true })
  await cp(join(scripts, 'up.mjs'), join(root, 'scripts/up.mjs'))
  const build = 'mkdir -p dist && cat app.txt > dist/index.html'
  await writeFiles(root, {
    'package.json': JSON.stringify({
      name: 'tree',
      private: true,
      packageManager: `bun@${bunVersion}`,
      workspaces: ['web'],
    }),
    'web/package.json': JSON.stringify({ name: 'tree-web', scripts: { build } }),
    'web/app.txt': 'one',
    'media/index.ts': '',
    'protocol/index.ts': '',
    'server/main.ts': SERVER,
  })
  execFileSync(process.execPath, ['install'], { cwd: root, stdio: 'ignore' })
  return root
}

async function writeFiles(root: string, files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), text)
  }
}

type Up = {
  readonly child: ChildProcess
  said(): string
  /** Waits until it said something that fits, and resolves to the match. */
  until(pattern: RegExp): Promise<RegExpExecArray>
  readonly ended: Promise<{ code: number | null; signal: string | null }>
}

function up(root: string, args: string[], env: Record<string, string> = {}): Up {
  const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`
  const child = spawn('node', [join(root, 'scripts/up.mjs'), ...args], {
    env: { ...process.env, PATH: path, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      text += data.toString()
    })
  }
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }))
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const until = async (pattern: RegExp): Promise<RegExpExecArray> =>
    await vi.waitFor(
      () => {
        const match = pattern.exec(text)
        if (match === null) throw new Error(`not said: ${pattern}; but: ${text}`)
        return match
      },
      { timeout: 15_000, interval: 10 },
    )
  return { child, said: () => text, until, ended }
}

async function serve(root: string): Promise<Up & { server: number }> {
  const running = up(root, ['start', '--flag', 'value'])
  const [, said = ''] = await running.until(/server (\d+) --flag value/)
  const server = Number(said)
  // A test that failed halfway must not leave it behind.
  onTestFinished(() => {
    if (isRunning(server)) process.kill(server, 'SIGKILL')
  })
  return { ...running, server }
}

/** False for a zombie too. Linux only. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

test('gives the server threads enough for its syncs, unless the operator said how many', async () => {
  const root = await makeTree()
  const first = up(root, ['start'], { UV_THREADPOOL_SIZE: '3' })
  await first.until(/threads 3\n/)
  first.child.kill('SIGTERM')
  await first.ended
  const environment = { ...process.env }
  delete process.env.UV_THREADPOOL_SIZE
  try {
    expect((await serve(root)).said()).toContain('threads 16\n')
  } finally {
    Object.assign(process.env, environment)
  }
})

test('installs, builds and starts, and does neither again while nothing changed', async () => {
  const root = await makeTree()
  const first = await serve(root)
  expect(first.said()).toMatch(/✓ packages as locked \(\d+\.\d s\)\n✓ web app built \(\d+\.\d s\)/)
  first.child.kill('SIGTERM')
  await first.ended
  const second = await serve(root)
  expect(second.said()).toContain('packages as locked (nothing changed)')
  expect(second.said()).toContain('web app (nothing changed)')
})

test('builds the web app again when one of its files changed', async () => {
  const root = await makeTree()
  const first = await serve(root)
  first.child.kill('SIGTERM')
  await first.ended
  await writeFile(join(root, 'web/app.txt'), 'two')
  expect((await serve(root)).said()).toMatch(/web app built/)
  expect(await readFile(join(root, 'web/dist/index.html'), 'utf8')).toBe('two')
})

test('a build that failed is shown, stops the start and is done again', async () => {
  const root = await makeTree()
  await rm(join(root, 'web/app.txt'))
  const failed = up(root, ['start'])
  expect((await failed.ended).code).toBe(1)
  expect(failed.said()).toMatch(/✗ web app built[\s\S]*app\.txt/)
  await writeFile(join(root, 'web/app.txt'), 'one')
  await serve(root)
})

test('passes signals on once and ends with the code of the server', async () => {
  const running = await serve(await makeTree())
  running.child.kill('SIGINT')
  await running.until(/got SIGINT/)
  running.child.kill('SIGHUP')
  await running.until(/got SIGHUP/)
  running.child.kill('SIGTERM')
  expect(await running.ended).toEqual({ code: 7, signal: null })
  expect(running.said().match(/got \w+/g)).toEqual(['got SIGINT', 'got SIGHUP', 'got SIGTERM'])
})

test('a Ctrl-C that npm repeats reaches the server once', async () => {
  const running = await serve(await makeTree())
  running.child.kill('SIGINT')
  running.child.kill('SIGINT')
  await running.until(/got SIGINT/)
  running.child.kill('SIGTERM')
  await running.ended
  expect(running.said().match(/got SIGINT/g)).toHaveLength(1)
})

test.skipIf(process.platform !== 'linux')(
  'a SIGKILL of the script ends the server too',
  async () => {
    const running = await serve(await makeTree())
    running.child.kill('SIGKILL')
    await vi.waitFor(() => expect(isRunning(running.server)).toBe(false), {
      timeout: 10_000,
      interval: 20,
    })
  },
)

test('a server killed by a signal gives the exit code that a shell would', async () => {
  const running = await serve(await makeTree())
  process.kill(running.server, 'SIGKILL')
  expect((await running.ended).code).toBe(137)
})

test('has the checks and the tests each without the other, and both', async () => {
  const root = await makeTree()
  const says = (what: string) => `console.log('${what}', ...process.argv.slice(2))`
  const failing = `${says('biome')}\nprocess.exit(1)`
  const tools = ['tsc', 'oxlint', 'knip'].map((tool) => [`node_modules/.bin/${tool}`, says(tool)])
  await writeFiles(root, {
    'node_modules/vitest/vitest.mjs': says('tests'),
    'node_modules/.bin/biome': failing,
    ...Object.fromEntries(tools),
  })
  const said = async (...args: string[]) => {
    const running = up(root, args)
    const { code } = await running.ended
    return { code, text: running.said() }
  }
  const checks = await said('check')
  expect(checks).toMatchObject({ code: 1, text: expect.stringMatching(/✗ biome.*✓ knip/s) })
  expect(checks.text).not.toContain('tests run')
  const tests = await said('suite', 'one')
  expect(tests).toMatchObject({ code: 0, text: expect.stringContaining('tests run one') })
  expect(tests.text).not.toContain('knip')
  const both = await said('test', 'one')
  expect(both).toMatchObject({ code: 1, text: expect.stringMatching(/✓ knip.*tests run one/s) })
})

test('an unknown command says what there is', async () => {
  const running = up(await makeTree(), ['begin'])
  expect((await running.ended).code).toBe(2)
  expect(running.said()).toContain('start | test')
})

test('a lock file that does not fit stops the start with the reason', async () => {
  const root = await makeTree()
  await writeFiles(root, {
    'web/package.json': JSON.stringify({ name: 'tree-web', dependencies: { hono: '4.13.19' } }),
  })
  const running = up(root, ['start'])
  expect((await running.ended).code).toBe(1)
  expect(running.said()).toContain('lockfile is frozen')
})

/** A PATH with Node and npm, but no Bun. */
async function pathWithoutBun(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'up-path-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  // Of what is built into the shell too, `true`, the path of the program.
  const script =
    'for c in node npm sh env setpriv true mkdir cat; do p=$(env which $c) && ln -s "$p" "$0/$c"; done; true'
  execFileSync('sh', ['-c', script, folder])
  return folder
}

test('gets the pinned Bun from npm when PATH has none, and keeps it', {
  timeout: 120_000,
}, async (context) => {
  const path = await pathWithoutBun()
  const root = await makeTree()
  const first = up(root, ['start'], { PATH: path })
  const outcome = await Promise.race([first.until(/server \d+/), first.ended])
  if ('code' in outcome && /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT/.test(first.said())) {
    context.skip('the npm registry cannot be reached: fetching Bun was not tested')
  }
  expect(first.said()).toMatch(/✓ Bun [\d.]+ from npm into \.bun/)
  first.child.kill('SIGTERM')
  await first.ended
  const second = up(root, ['start'], { PATH: path })
  const [, server] = await second.until(/server (\d+)/)
  expect(second.said()).toContain(`✓ Bun ${bunVersion} (.bun)`)
  second.child.kill('SIGKILL')
  await vi.waitFor(() => expect(isRunning(Number(server))).toBe(false), { timeout: 10_000 })
})
