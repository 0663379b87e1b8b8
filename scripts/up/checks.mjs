// The build, format, types, floating promises and dead code: what must be clean beside the tests.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Interrupted, runQuietly } from './child.mjs'
import { complain, step } from './say.mjs'
import { buildWeb } from './web.mjs'

const CHECKS = [['biome', 'check', '.'], ['tsc', '--noEmit'], ['oxlint', '--type-aware'], ['knip']]

/**
 * Runs all of them and resolves to whether all passed; `test-results/checks.json` says which did.
 */
export async function runChecks(place) {
  const results = [{ name: 'web', passed: await passes(() => buildWeb(place)) }]
  for (const [tool, ...args] of CHECKS) {
    results.push({ name: tool, passed: await passes(() => check(place, tool, args)) })
  }
  const folder = join(place.root, 'test-results')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'checks.json'), `${JSON.stringify(results)}\n`)
  return results.every((result) => result.passed)
}

async function check(place, tool, args) {
  // Under Bun, as their start scripts may ask for a newer Node than this.
  const command = [join('node_modules', '.bin', tool), ...args]
  await step([tool, ...args].join(' '), () => runQuietly(place.bun, command, place))
}

async function passes(work) {
  try {
    await work()
    return true
  } catch (error) {
    if (error instanceof Interrupted) throw error
    complain(error.message)
    return false
  }
}
