import { expect, it } from 'vitest'
import { EVERYTHING, parametersOf, readListQuery, writeListQuery } from './list-query.ts'

it('is read from the address as it was written there', () => {
  const query = { text: 'a & b', filter: 'live', order: 'longest' } as const
  expect(readListQuery(writeListQuery(query, ''))).toEqual(query)
})

it('writes only what is not as usual, and leaves what others wrote', () => {
  expect(writeListQuery(EVERYTHING, '')).toBe('')
  expect(writeListQuery(EVERYTHING, '?q=old&lang=de')).toBe('?lang=de')
})

it.each(['', '?show=nonsense&order=constructor', '?show=toString', '?q=%20'])(
  'takes %j for everything',
  (search) => {
    expect(readListQuery(search)).toEqual(EVERYTHING)
  },
)

it('asks the server for the statuses that a filter stands for', () => {
  expect(parametersOf({ text: 'x', filter: 'live', order: 'title' })).toEqual({
    q: 'x',
    status: 'recording,finalizing',
    order: 'title',
  })
  expect(parametersOf(EVERYTHING)).toEqual({ order: 'newest' })
})
