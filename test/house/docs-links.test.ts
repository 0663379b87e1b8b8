import { expect, test } from 'vitest'
import { anchorsOf, linksOf, resolveLink } from './markdown.ts'
import { isTracked, readText, tracked } from './tracked-files.ts'

const pages = tracked.filter((path) => path.endsWith('.md'))

test.each(pages)('every link of %s leads somewhere', (page) => {
  const dead = linksOf(page).filter(({ target }) => {
    const link = resolveLink(page, target)
    if (!link) return false
    if (!isTracked(link.file)) return true
    return link.anchor !== '' && !anchorsOf(link.file).includes(link.anchor)
  })
  expect(dead).toEqual([])
})

test.each(pages)('every file that %s names exists', (page) => {
  const named = readText(page).matchAll(
    /`((?:protocol|media|db|server|web|scripts|test|docs)\/[\w./-]+)`/g,
  )
  const paths = [...named].map(([, path]) => (path ?? '').replace(/\/$/, ''))
  expect(paths.filter((path) => !isTracked(path))).toEqual([])
})

test('docs/journey.md passes through every step of both journeys', () => {
  const steps = [
    'web/capture',
    'media',
    'web/buffer',
    'web/session',
    'web/transport',
    'server/ingest',
    'server/store',
    'db/ledger',
    'server/finalize',
    'server/media-file',
  ]
  const linked = linksOf('docs/journey.md').map(({ target }) => target)
  const absent = steps.filter((step) => !linked.some((link) => link.startsWith(`../${step}/`)))
  expect(absent).toEqual([])
})

test('docs/journey.md links files, not only folders', () => {
  const files = linksOf('docs/journey.md').filter(({ target }) => /\.tsx?$/.test(target))
  expect(files.length).toBeGreaterThanOrEqual(20)
})
