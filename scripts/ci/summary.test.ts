// What a run of the tests is called in the end, by the real scripts over reports like those that the tools write.
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'

type Test = { fullName: string; status: string; failureMessages?: string[] }

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'))
  const made = folder
  onTestFinished(() => rm(made, { recursive: true }))
  await write('checks.json', [{ name: 'tsc', passed: true }])
})

const write = (name: string, value: unknown) => writeFile(join(folder, name), JSON.stringify(value))

const report = (name: string, files: Record<string, Test[]>) =>
  write(name, {
    testResults: Object.entries(files).map(([file, assertionResults]) => ({
      ...{ name: join(process.cwd(), file), assertionResults, message: '' },
      status: assertionResults.some((it) => it.status !== 'passed') ? 'failed' : 'passed',
    })),
  })

const run = (script: string, ...args: string[]) =>
  execFileSync('node', [fileURLToPath(new URL(script, import.meta.url)), folder, ...args])
    .toString()
    .trim()
    .split('\n')

const good = { fullName: 'keeps', status: 'passed' }
const bad = (...failureMessages: string[]) => ({
  ...{ fullName: 'waits', status: 'failed', failureMessages },
})

describe('a second look', () => {
  test('is for the files in which something failed', async () => {
    await report('vitest.json', { 'a.test.ts': [good], 'b.test.ts': [good, bad('timed out')] })
    expect(run('second-look.mjs')).toEqual(['b.test.ts'])
  })

  test('is never for a broken invariant', async () => {
    await report('vitest.json', { 'b.test.ts': [bad('expected [ "I1: not in the ledger" ]')] })
    expect(run('second-look.mjs')).toEqual([''])
  })

  test('is not for a check, nor for many files', async () => {
    await report('vitest.json', { 'b.test.ts': [bad('timed out')] })
    await write('checks.json', [{ name: 'tsc', passed: false }])
    expect(run('second-look.mjs')).toEqual([''])
    await write('checks.json', [])
    const many = Array.from({ length: 9 }, (_, i) => [`${i}.test.ts`, [bad('timed out')]])
    await report('vitest.json', Object.fromEntries(many))
    expect(run('second-look.mjs')).toEqual([''])
  })
})

describe('the summary', () => {
  test('names what passed at the second look only', async () => {
    await report('vitest.json', { 'b.test.ts': [good, bad('timed out\nat line 1')] })
    await report('again.json', { 'b.test.ts': [good, { ...good, fullName: 'waits' }] })
    expect(run('summary.mjs', '0')).toEqual([
      ...['checks: tsc ok', 'flaky: waits: timed out', '2 passed, 0 failed, 0 skipped'],
    ])
  })

  test('is of a failure that failed again, or that nobody looked at again', async () => {
    await report('vitest.json', { 'b.test.ts': [good, bad('timed out')] })
    const failed = ['checks: tsc ok', 'failed: waits', '1 passed, 1 failed, 0 skipped']
    expect(run('summary.mjs', '1')).toEqual(failed)
    await report('again.json', { 'b.test.ts': [good, bad('timed out')] })
    expect(run('summary.mjs', '1')).toEqual(failed)
  })

  test('is never without a failure when the run failed', () => {
    expect(run('summary.mjs', '1').at(-1)).toBe('0 passed, 1 failed, 0 skipped')
  })

  test('counts a file that could not be loaded, and one whose end failed, as a failure', async () => {
    const file = { name: 'c.test.ts', status: 'failed', message: 'no such module' }
    await write('vitest.json', { testResults: [{ ...file, assertionResults: [good] }] })
    expect(run('summary.mjs', '1').slice(1)).toEqual([
      ...['failed: c.test.ts', '0 passed, 1 failed, 0 skipped'],
    ])
  })
})
