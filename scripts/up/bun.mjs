// The pinned Bun: the one on PATH if it is exactly that version, else the npm package's binary in
// `.bun/`. The package's own install script is not needed, so npm may refuse to run scripts.
import { spawnSync } from 'node:child_process'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, delimiter, dirname, join } from 'node:path'
import { runQuietly } from './child.mjs'
import { say, step } from './say.mjs'

const PROGRAM = process.platform === 'win32' ? 'bun.exe' : 'bun'

/** Resolves to `{ bun, version, env }`; children that call `bun` by name get the same one. */
export async function findBun(root) {
  const { packageManager = '' } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const version = packageManager.replace(/^bun@/, '')
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, PROGRAM))
  const own = join(root, '.bun', version, PROGRAM)
  const found = [own, ...onPath].find((program) => versionOf(program) === version)
  if (found !== undefined) say(`✓ Bun ${version} (${found === own ? '.bun' : found})`)
  else await step(`Bun ${version} from npm into .bun`, () => fetchBun(root, version, own))
  const bun = found ?? own
  const path = `${dirname(bun)}${delimiter}${process.env.PATH ?? ''}`
  return { bun, version, env: { ...process.env, PATH: path } }
}

function versionOf(program) {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

// Installed aside and renamed: what lies under its version is whole, also after a kill half-way.
async function fetchBun(root, version, own) {
  const name = platformPackage()
  const aside = join(root, '.bun', `install-${process.pid}`)
  await mkdir(aside, { recursive: true })
  // A package.json of its own, or npm would look for the project above.
  await writeFile(join(aside, 'package.json'), '{ "private": true }\n')
  const install = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund']
  const [npm, ...args] = [...npmCommand(), ...install, `${name}@${version}`]
  try {
    await runQuietly(npm, args, { root, cwd: aside, env: npmEnvironment() })
    await rm(dirname(own), { recursive: true, force: true })
    await rename(join(aside, 'node_modules', ...name.split('/'), 'bin'), dirname(own))
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
  if (versionOf(own) === version) return
  throw new Error(`${name}@${version} does not run here. Put Bun ${version} on PATH and try again.`)
}

function platformPackage() {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const cpu = process.arch === 'arm64' ? 'aarch64' : process.arch
  const { glibcVersionRuntime } = process.report?.getReport().header ?? {}
  const musl = process.platform === 'linux' && glibcVersionRuntime === undefined ? '-musl' : ''
  return `@oven/bun-${system}-${cpu}${musl}`
}

// The npm that runs us, if it is one: it need not be on PATH.
function npmCommand() {
  const running = process.env.npm_execpath ?? ''
  if (basename(running).startsWith('npm')) return [process.execPath, running]
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm']
}

// `npm start` describes the project to its children; this npm must not take itself to be there.
function npmEnvironment() {
  const env = { ...process.env }
  for (const name of Object.keys(env)) {
    if (/^npm_(package|lifecycle|config_(local_)?prefix)/i.test(name)) delete env[name]
  }
  return env
}
