// `npm start`, `npm test`, its two halves and `npm run holdfast` on a machine that has only Node (18 or newer) and npm: gets
// the pinned Bun, installs, builds the web app, then hands over. Built-in modules only, and nothing done twice.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findBun } from './up/bun.mjs'
import { runChecks } from './up/checks.mjs'
import { endLike, Interrupted, runInFront } from './up/child.mjs'
import { installPackages } from './up/packages.mjs'
import { complain } from './up/say.mjs'
import { buildWeb } from './up/web.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Bun runs file calls on as many threads as there are cores, and each fdatasync holds one: with two cores, 32
 * writers get about half the durable writes (measured). It reads this before any program of its own runs.
 */
const FILE_THREADS = { UV_THREADPOOL_SIZE: '16' }

/** Resolves to how the server ended. */
async function start(place, args) {
  await buildWeb(place)
  const env = { ...FILE_THREADS, ...place.env }
  return await runInFront(place.bun, ['server/main.ts', ...args], { ...place, env })
}

/** All checks run, also after one failed; fails if any of them did. */
async function check(place) {
  return { code: (await runChecks(place)) ? 0 : 1, signal: null }
}

/** The tests alone. */
async function suite(place, args) {
  const vitest = join('node_modules', 'vitest', 'vitest.mjs')
  return await runInFront(place.bun, [vitest, 'run', ...args], place)
}

/** The tests also after a check failed; fails if either did. */
async function test(place, args) {
  const checks = await check(place)
  const tests = await suite(place, args)
  return tests.signal === null ? { ...tests, code: tests.code || checks.code } : tests
}

/** Resolves to how the tool ended; paths are those of where it was called. */
async function holdfast(place, args) {
  const program = join(place.root, 'scripts', 'cli', 'holdfast.ts')
  const cwd = process.env.INIT_CWD ?? place.root
  return await runInFront(place.bun, [program, ...args], { ...place, cwd })
}

const COMMANDS = { start, test, check, suite, holdfast }

async function main([name, ...args]) {
  const command = COMMANDS[name]
  if (command === undefined) {
    complain(`usage: node scripts/up.mjs ${Object.keys(COMMANDS).join(' | ')} [arguments]`)
    return { code: 2, signal: null }
  }
  const place = { root, ...(await findBun(root)) }
  await installPackages(place)
  return await command(place, args)
}

try {
  endLike(await main(process.argv.slice(2)))
} catch (error) {
  if (error instanceof Interrupted) endLike({ code: null, signal: error.signal })
  else {
    complain(error.message)
    process.exitCode = 1
  }
}
