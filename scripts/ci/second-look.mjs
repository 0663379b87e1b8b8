// Prints the test files that deserve a second look, alone on a quiet machine: where few failed, and by something that a busy
// machine explains. A broken invariant is never given one: a recording that is lost once in a while is lost.
import { relative } from 'node:path'
import { readChecks, readTests } from './test-report.mjs'

const MOST_FILES = 8
const BROKEN_INVARIANT = /\bI(1[0-4]|[1-9]): /

const [, , folder = 'test-results'] = process.argv
const failed = (readTests(folder, 'vitest.json') ?? []).filter((it) => it.status === 'failed')
const files = [...new Set(failed.map((it) => it.file))]
const isFinal =
  readChecks(folder).some((it) => !it.passed) ||
  failed.some((it) => it.messages.some((message) => BROKEN_INVARIANT.test(message)))

if (!isFinal && files.length <= MOST_FILES) {
  for (const file of files) console.log(relative(process.cwd(), file))
}
