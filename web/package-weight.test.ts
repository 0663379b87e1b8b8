// The package's budget. What counts is what a page loads before it can record WebM, keep it and send it, and the figures in
// the pages are these.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { weighEntry } from './package-weight.ts'

const BUDGETS = [
  ['index.ts', 33_000],
  ['element/holdfast-recorder.ts', 34_500],
  ['react/use-recorder.ts', 31_500],
  ['files.ts', 25_000],
] as const

test.each(BUDGETS)('%s stays below %i bytes, gzipped', async (entry, budget) => {
  const { firstBytes } = await weighEntry(join(import.meta.dirname, entry))
  expect(firstBytes).toBeLessThan(budget)
  // A budget that is far away protects nothing.
  expect(firstBytes).toBeGreaterThan(budget * 0.9)
})

test('what only MP4 needs is apart', async () => {
  const { laterBytes } = await weighEntry(join(import.meta.dirname, 'index.ts'))
  expect(laterBytes).toBeGreaterThan(4_000)
})

test('the README says what it weighs', async () => {
  const { firstBytes } = await weighEntry(join(import.meta.dirname, 'index.ts'))
  const text = await readFile(join(import.meta.dirname, '..', 'README.md'), 'utf8')
  const said = Number(/source maps; (\d+) kB gzipped/.exec(text)?.[1])
  // Built as a package it is bundled twice, which costs up to a kilobyte.
  expect(said - firstBytes / 1000).toBeLessThan(1.5)
  expect(said - firstBytes / 1000).toBeGreaterThan(-0.5)
})
