import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { sources, tracked, workspaceOf } from './tracked-files.ts'

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/
const SAYS_NOTHING = ['utils', 'util', 'helpers', 'helper', 'manager', 'common', 'misc']

/** `chunk-payload.test.ts` → `chunk-payload`, `test`. */
const partsOf = (segment: string): string[] => segment.split('.').slice(0, -1)

test('files and folders of the packages are kebab-case', () => {
  const wrong = sources.filter((path) => {
    const segments = path.split('/')
    const folders = segments.slice(0, -1)
    return ![...folders, ...partsOf(basename(path))].every((part) => KEBAB.test(part))
  })
  expect(wrong).toEqual([])
})

test('no name says nothing', () => {
  const wrong = tracked.filter((path) => {
    const words = path.split('/').flatMap((segment) => segment.split(/[-.]/))
    return words.some((word) => SAYS_NOTHING.includes(word)) || /(^|\/)types\.tsx?$/.test(path)
  })
  expect(wrong).toEqual([])
})

test('every tracked source belongs to a package or is a configuration at the root', () => {
  const wrong = sources.filter((path) => !workspaceOf(path) && !/^[\w.-]+\.config\.ts$/.test(path))
  expect(wrong).toEqual([])
})
