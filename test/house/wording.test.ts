import { expect, test } from 'vitest'
import { isTest, readText, sources, tracked } from './tracked-files.ts'

const texts = tracked.filter((path) => /\.(ts|tsx|mjs|json|md|css|html|ya?ml|lock|sql)$/.test(path))
const written = texts.filter((path) => path !== 'bun.lock')

/** Put together, so that this file does not hold what it looks for. */
const oneOf = (...words: string[]): RegExp => new RegExp(`\\b(${words.join('|')})\\b`)

function linesWith(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    readText(path)
      .split('\n')
      .flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [])),
  )
}

test('nothing is left to be done later', () => {
  expect(linesWith(sources, oneOf(`TO${'DO'}`, `FIX${'ME'}`, `HA${'CK'}`))).toEqual([])
})

test('no path of somebody’s machine is written down', () => {
  const personal = /(^|[\s"'`(=:])\/(home|root|work|Users)\/\w|[A-Z]:\\Users\\/
  expect(linesWith(written, personal)).toEqual([])
})

test('no package registry is named: whoever installs has their own', () => {
  const registry = /https?:\/\/[^\s"']*(registry|artifactory|nexus|verdaccio|npmmirror|npmjs)/i
  expect(linesWith(texts, registry)).toEqual([])
})

test('every source file of the product opens with what it owns', () => {
  const silent = sources.filter(
    (path) =>
      !isTest(path) &&
      !path.includes('.config.') &&
      !/^(#!.*\n)?\s*(\/\/|\/\*)/.test(readText(path)),
  )
  expect(silent).toEqual([])
})
