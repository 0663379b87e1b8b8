// Each invariant names the tests that keep it. A page that names a test which is not there is worse than none.
import { describe, expect, test } from 'vitest'
import { isTracked, readText } from './tracked-files.ts'

const PAGE = 'docs/invariants.md'
const names = Array.from({ length: 14 }, (_, i) => `I${i + 1}`)

/** A line `- [path](../path): "title of the test"`. */
const TEST_LINE = /^- \[([^\]]+)\]\(\.\.\/([^)]+)\): "(.+)"$/gm

function sectionOf(name: string): string {
  const [, rest = ''] = readText(PAGE).split(new RegExp(`^## ${name} `, 'm'))
  return rest.split(/^## /m)[0] ?? ''
}

describe.each(names)('invariant %s', (name) => {
  const section = sectionOf(name)
  const tests = [...section.matchAll(TEST_LINE)].map(([, , path, title]) => ({
    path: path ?? '',
    title: title ?? '',
  }))

  test('says what keeps it', () => {
    expect(section).toMatch(/^Kept by: .+/m)
  })

  test('names a test, or says what is still open', () => {
    expect(tests.length > 0 || /^Open: .+/m.test(section)).toBe(true)
  })

  test('names only tests that exist under that title', () => {
    const absent = tests.filter(
      ({ path, title }) => !isTracked(path) || !titlesIn(path).includes(title),
    )
    expect(absent).toEqual([])
  })
})

/** The first argument of every `test(…)`, `it(…)` and `describe(…)`, `.each` and the like included. */
function titlesIn(path: string): string[] {
  const titles = readText(path).matchAll(/\(\s*(?:'((?:\\.|[^'\\])+)'|"([^"]+)"|`([^`]+)`)\s*,/g)
  return [...titles].map(([, single, double, back]) => single ?? double ?? back ?? '')
}
