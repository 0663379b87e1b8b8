// The last line of a test run, `N passed, N failed, N skipped`, from what the tools wrote down. A run
// that failed is never reported with 0 failed, whatever is missing; what passed at a second look only is named.
import { readChecks, readTests } from './test-report.mjs'

const [, , folder = 'test-results', status = '0'] = process.argv

const checks = readChecks(folder)
const first = readTests(folder, 'vitest.json') ?? []
const second = readTests(folder, 'again.json') ?? []

const isFailed = (it) => it.status === 'failed'
const ofFile = ({ file }) => second.filter((it) => it.file === file)
const isFlaky = (it) => isFailed(it) && ofFile(it).length > 0 && !ofFile(it).some(isFailed)
const passed = first.filter((it) => it.status === 'passed' || isFlaky(it))
const failed = [
  ...checks.filter((it) => !it.passed).map((it) => `check: ${it.name}`),
  ...first.filter((it) => isFailed(it) && !isFlaky(it)).map((it) => it.name),
]
if (failed.length === 0 && status !== '0') failed.push(`the run itself, with exit code ${status}`)
const skipped = first.filter((it) => !isFailed(it) && it.status !== 'passed')

console.log(`checks: ${checks.map((it) => `${it.name} ${it.passed ? 'ok' : 'FAILED'}`).join(', ')}`)
for (const it of first.filter(isFlaky)) {
  console.log(`flaky: ${it.name}: ${it.messages[0]?.split('\n')[0] ?? ''}`)
}
for (const name of failed) console.log(`failed: ${name}`)
for (const it of skipped) console.log(`skipped: ${it.name}`)
console.log(`${passed.length} passed, ${failed.length} failed, ${skipped.length} skipped`)
