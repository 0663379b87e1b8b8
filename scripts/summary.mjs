// The last line of a test run, `N passed, N failed, N skipped`, from what the tools wrote down. A run
// that failed is never reported with 0 failed, whatever is missing.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const [, , folder = 'test-results', status = '0'] = process.argv

function read(name) {
  try {
    return JSON.parse(readFileSync(join(folder, name), 'utf8'))
  } catch {
    return undefined // Never written: the run ended before that.
  }
}

const checks = read('checks.json') ?? []
const files = read('vitest.json')?.testResults ?? []

// A file that could not even be loaded has no tests, and counts as one that failed.
const tests = files.flatMap((file) =>
  file.status === 'failed' && file.assertionResults.length === 0
    ? [{ fullName: file.name, status: 'failed' }]
    : file.assertionResults,
)

const passed = tests.filter((it) => it.status === 'passed')
const failed = [
  ...checks.filter((it) => !it.passed).map((it) => `check: ${it.name}`),
  ...tests.filter((it) => it.status === 'failed').map((it) => it.fullName),
]
if (failed.length === 0 && status !== '0') failed.push(`the run itself, with exit code ${status}`)
const skipped = tests.length - passed.length - tests.filter((it) => it.status === 'failed').length

console.log(`checks: ${checks.map((it) => `${it.name} ${it.passed ? 'ok' : 'FAILED'}`).join(', ')}`)
for (const name of failed) console.log(`failed: ${name}`)
for (const it of tests.filter((it) => it.status === 'pending' || it.status === 'skipped')) {
  console.log(`skipped: ${it.fullName}`)
}
console.log(`${passed.length} passed, ${failed.length} failed, ${skipped} skipped`)
