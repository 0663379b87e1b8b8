import { expect, test } from 'vitest'
import { groupParts, type Part } from './part-sets.ts'

const partsOf = (...names: string[]): Part[] =>
  names.map((name, n) => ({ path: `/in/${name}`, name, bytes: 100 + n }))
const namesOf = (parts: readonly Part[]) => parts.map(({ name }) => name)

test('numbers count, not their text: 10 comes after 9', () => {
  const names = Array.from({ length: 12 }, (_, n) => `chunk-${n}.webm`)
  const [set, ...others] = groupParts(partsOf(...names.toSorted()))
  expect(namesOf(set?.parts ?? [])).toEqual(names)
  expect(set).toMatchObject({ name: 'chunk', missing: [], doubles: [] })
  expect(others).toEqual([])
})

test('numbers without an ending, with leading zeros and in brackets count too', () => {
  expect(namesOf(groupParts(partsOf('blob10', 'blob3'))[0]?.parts ?? [])).toEqual([
    'blob3',
    'blob10',
  ])
  const padded = groupParts(partsOf('c-0010.webm', 'c-0009.webm'))[0]
  expect(namesOf(padded?.parts ?? [])).toEqual(['c-0009.webm', 'c-0010.webm'])
  const copies = groupParts(partsOf('part (2).webm', 'part (1).webm'))[0]
  expect(copies).toMatchObject({ name: 'part', numbers: [1, 2] })
})

test('what is missing between the first and the last is named', () => {
  const [set] = groupParts(partsOf('c1', 'c2', 'c5', 'c9'))
  expect(set?.missing).toEqual([
    [3, 4],
    [6, 8],
  ])
})

test('of several numbers in a name the one that differs most counts, and others tell sets apart', () => {
  const names = ['take1-chunk0.webm', 'take1-chunk1.webm', 'take1-chunk2.webm', 'take2-chunk0.webm']
  const sets = groupParts(partsOf(...names, 'take2-chunk1.webm'))
  expect(sets.map(({ name, numbers }) => ({ name, numbers }))).toEqual([
    { name: 'take1-chunk', numbers: [0, 1, 2] },
    { name: 'take2-chunk', numbers: [0, 1] },
  ])
  const dated = groupParts(partsOf('2026-11-22 a 1 1080p', '2026-11-22 a 2 1080p'))
  expect(dated[0]?.numbers).toEqual([1, 2])
})

test('of two files with one number the longer one is taken', () => {
  const [set] = groupParts(partsOf('c-1.webm', 'c-2.webm', 'c-01.webm'))
  expect(namesOf(set?.parts ?? [])).toEqual(['c-01.webm', 'c-2.webm'])
  expect(namesOf(set?.doubles ?? [])).toEqual(['c-1.webm'])
})

test('a file without a number, or alone with one, stands alone', () => {
  const sets = groupParts(partsOf('interview.webm', 'screen 2.webm'))
  expect(sets.map(({ name, numbers }) => [name, numbers])).toEqual([
    ['interview.webm', null],
    ['screen 2.webm', null],
  ])
})
