import { expect, it } from 'vitest'
import { EVERYTHING, type ListQuery } from './list-query.ts'
import { type Listing, withChanged, withFirstPage, withNextPage } from './listing.ts'
import type { RecordingInfo } from './recordings-client.ts'

const list = (ids: string, next: string | null = null): Listing => ({ ids: ids.split(''), next })

it('reads the first page again without forgetting what was loaded behind it', () => {
  expect(withFirstPage(list('abcdef', '6'), list('abc', '3'))).toEqual(list('abcdef', '6'))
  expect(withFirstPage(list('abcdef', '6'), list('nab', '3'))).toEqual(list('nabcdef', '6'))
})

it('forgets what a first page passes over, and what it has no end for', () => {
  expect(withFirstPage(list('abcdef', '6'), list('ac', '3')).ids).toEqual('acdef'.split(''))
  expect(withFirstPage(list('abcdef', '6'), list('ad'))).toEqual(list('ad'))
  expect(withFirstPage(list('abc'), list(''))).toEqual(list(''))
})

it('begins anew where the new first page does not meet the old list', () => {
  expect(withFirstPage(list('abc', '3'), list('xyz', '3'))).toEqual(list('xyz', '3'))
})

it('puts the next page behind, each recording once', () => {
  expect(withNextPage(list('abc', '3'), list('cde', '6'))).toEqual(list('abcde', '6'))
})

const info = (id: string, parts: Partial<RecordingInfo> = {}): RecordingInfo => ({
  id,
  createdAt: `2026-01-0${id}`,
  startedAt: null,
  version: 1,
  generation: 1,
  status: 'ready',
  reason: 'stop',
  title: null,
  durationMs: 1,
  bytes: Number(id),
  mediaUrl: null,
  ...parts,
})

type Case = { now: RecordingInfo; before?: RecordingInfo; query?: Partial<ListQuery> }

/** Recordings 8, 6, 4, 2 were made on these days and are so many bytes. */
function changed(listing: Listing, { now, before, query = {} }: Case): string {
  const known = (id: string) => info(id)
  const asked = { ...EVERYTHING, ...query }
  return withChanged(listing, { info: now, before, query: asked, known }).ids.join('')
}

it('puts what is new where it belongs, and not behind what was not loaded yet', () => {
  expect(changed(list('8642', 'more'), { now: info('9') })).toBe('98642')
  expect(changed(list('8642', 'more'), { now: info('5') })).toBe('86542')
  expect(changed(list('8642', 'more'), { now: info('1') })).toBe('8642')
  expect(changed(list('8642'), { now: info('1') })).toBe('86421')
  expect(changed(list(''), { now: info('1') })).toBe('1')
  expect(changed(list('2468'), { now: info('5'), query: { order: 'oldest' } })).toBe('24568')
})

it('moves what grew, and leaves what only changed otherwise in the server’s place', () => {
  const query = { order: 'largest' } as const
  const now = info('4', { bytes: 7 })
  expect(changed(list('8642'), { now, before: info('4'), query })).toBe('8462')
  const renamed = info('4', { title: 'new' })
  expect(changed(list('4862'), { now: renamed, before: info('4'), query })).toBe('4862')
})

it('takes out what does not match any more, and in what does', () => {
  const ready = { filter: 'ready' } as const
  const now = info('4', { status: 'incomplete' })
  expect(changed(list('8642'), { now, before: info('4'), query: ready })).toBe('862')
  expect(changed(list('862'), { now: info('4'), before: now, query: ready })).toBe('8642')
  const words = { text: 'ADA' }
  expect(changed(list('86'), { now: info('7', { title: 'With Ada' }), query: words })).toBe('876')
  expect(changed(list('86'), { now: info('7', { title: 'With Bob' }), query: words })).toBe('86')
})
