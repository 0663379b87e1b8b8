// What the tools wrote down of a test run: the checks, and every test with how it ended.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

function read(folder, name) {
  try {
    return JSON.parse(readFileSync(join(folder, name), 'utf8'))
  } catch {
    return undefined // Never written: the run ended before that.
  }
}

/** `{ name, passed }` of each check. */
export function readChecks(folder) {
  return read(folder, 'checks.json') ?? []
}

/** `{ file, name, status, messages }` of each test; null when that run never got to its end. */
export function readTests(folder, report) {
  const files = read(folder, report)?.testResults
  return files?.flatMap((file) => testsOf(file)) ?? null
}

function testsOf({ name: file, status, message, assertionResults }) {
  // A file that could not even be loaded has no tests, and counts as one that failed.
  if (status === 'failed' && assertionResults.every((it) => it.status !== 'failed')) {
    return [{ file, name: file, status: 'failed', messages: [message ?? ''] }]
  }
  return assertionResults.map((it) => ({
    ...{ file, name: it.fullName, status: it.status, messages: it.failureMessages ?? [] },
  }))
}
