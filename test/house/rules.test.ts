// Every rule of docs/api.md is kept by a contract test that names it.
import { expect, test } from 'vitest'
import { readText, tracked } from './tracked-files.ts'

const [, section = ''] = readText('docs/api.md').split('### Rules\n')
const rules = [...(section.split(/^## /m)[0] ?? '').matchAll(/^(\d+)\. /gm)].map(([, n]) => n)
const suites = tracked.filter((path) => /^test\/contract\/.*\.test\.ts$/.test(path))

test('docs/api.md has the eleven rules of the contract', () => {
  expect(rules).toEqual(Array.from({ length: 11 }, (_, i) => String(i + 1)))
})

test.each(rules)('rule %s is named by a contract test', (rule) => {
  const title = new RegExp(`(test|it|describe)[^\\n]*['\`]rule ${rule}\\b`)
  expect(suites.filter((path) => title.test(readText(path)))).not.toEqual([])
})
