// File sizes. Functions (at most 60 lines, at most 4 parameters) are held by oxlint: see .oxlintrc.json.
import { expect, test } from 'vitest'
import { isTest, readText, sources } from './tracked-files.ts'

const linesOf = (path: string): number => readText(path).trimEnd().split('\n').length
const longerThan = (paths: readonly string[], lines: number): string[] =>
  paths.filter((path) => linesOf(path) > lines).map((path) => `${path}: ${linesOf(path)}`)

test('no source file is longer than 300 lines', () => {
  expect(longerThan(sources, 300)).toEqual([])
})

test('half of the source files have at most 120 lines', () => {
  const product = sources.filter((path) => !isTest(path))
  const sorted = product.map(linesOf).sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0
  console.info(`${product.length} source files, median ${median} lines, longest ${sorted.at(-1)}`)
  expect(median).toBeLessThanOrEqual(120)
})
