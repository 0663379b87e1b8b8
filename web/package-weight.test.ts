// The package's budget. What counts is what a page loads before it can record WebM and keep it; what sends follows behind, and all
// together is counted too, so that nothing hides there. The figures in the pages are these.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Weight, weighEntry } from './package-weight.ts'

const BUDGETS: readonly [entry: string, budget: Weight][] = [
  ['index.ts', { firstBytes: 15_000, laterBytes: 23_500 }],
  ['element/holdfast-recorder.ts', { firstBytes: 16_500, laterBytes: 23_500 }],
  ['react/use-recorder.ts', { firstBytes: 14_500, laterBytes: 23_500 }],
  ['files.ts', { firstBytes: 8_800, laterBytes: 20_500 }],
]

const weigh = (entry: string): Promise<Weight> => weighEntry(join(import.meta.dirname, entry))

test.each(BUDGETS)('%s keeps its budget, first and behind it', async (entry, budget) => {
  const { firstBytes, laterBytes } = await weigh(entry)
  expect(firstBytes).toBeLessThan(budget.firstBytes)
  expect(laterBytes).toBeLessThan(budget.laterBytes)
  // A budget that is far away protects nothing.
  expect(firstBytes).toBeGreaterThan(budget.firstBytes * 0.9)
  expect(laterBytes).toBeGreaterThan(budget.laterBytes * 0.9)
})

test('the README says what it weighs', async () => {
  const { firstBytes } = await weigh('index.ts')
  const text = await readFile(join(import.meta.dirname, '..', 'README.md'), 'utf8')
  const said = Number(/source maps; (\d+) kB gzipped before one can record/.exec(text)?.[1])
  expect(said - firstBytes / 1000).toBeLessThan(1)
  expect(said - firstBytes / 1000).toBeGreaterThan(-0.5)
})
