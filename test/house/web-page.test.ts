// The page for developers of apps names every option, member and event that the types have, and none besides.
import { expect, test } from 'vitest'
import { tableUnder } from './markdown.ts'
import { readText } from './tracked-files.ts'

const PAGE = 'web/README.md'
const types = readText('web/session/recording.ts')

/** Names of the members of a type or interface, at its first level. */
function membersOf(name: string): string[] {
  const [, body = ''] =
    new RegExp(`^export (?:type|interface) ${name}\\b[^{]*\\{\\n(.*?)^\\}`, 'ms').exec(types) ?? []
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)[?(<:]/gm)].map(([, member]) => member ?? '')
}

/** Every word in backticks in the first column of the table under a heading. */
const namedUnder = (heading: string): string[] =>
  tableUnder(PAGE, heading).flatMap(([first = '']) =>
    [...first.matchAll(/`(\w+)[^`]*`/g)].map(([, name]) => name ?? ''),
  )

const sorted = (names: readonly string[]) => [...names].sort()

test.each([
  ['Options of record', 'RecordOptions'],
  ['Recording', 'Recording'],
  ['Events', 'UploadEvents'],
])('under %s every member of %s, and none besides', (heading, type) => {
  const members = membersOf(type)
  expect(members.length).toBeGreaterThan(5)
  expect(sorted(namedUnder(heading))).toEqual(sorted(members))
})

test.each(['Upload', 'Progress', 'Connection', 'DrainOptions', 'Unsent'])(
  'every member of %s is named',
  (type) => {
    const members = membersOf(type)
    expect(members.length).toBeGreaterThan(2)
    const text = readText(PAGE)
    expect(members.filter((member) => !new RegExp(`\`${member}\\b`).test(text))).toEqual([])
  },
)

test('every state and every error that begins here is named', () => {
  const union = (name: string) => {
    const [, body = ''] = new RegExp(`^export type ${name} =\\n(.*?)\\n\\n`, 'ms').exec(types) ?? []
    return [...body.matchAll(/\| '(\w+)'/g)].map(([, one]) => one ?? '')
  }
  const text = readText(PAGE)
  const names = [...union('UploadState'), ...union('LocalErrorCode')]
  expect(names.length).toBeGreaterThan(10)
  expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([])
})
