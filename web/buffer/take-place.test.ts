import { expect, it } from 'vitest'
import type { TakeRow } from './rows.ts'
import { placeTake } from './take-place.ts'

const takeOf = (take: number, wire: number, startedAt: string): TakeRow => {
  return { take, wire, startedAt, mimeType: '', chunks: 0, bytes: 0, endMs: 0 }
}

it('leaves a take where it is while nobody else has its number', () => {
  const take = takeOf(1, 4, 'b')
  expect(placeTake(take, [])).toBe(take)
  expect(placeTake(take, [takeOf(0, 0, 'a')])).toBe(take)
})

it('gives a take whose number another has one that is free here and on the wire', () => {
  const taken = [takeOf(0, 7, 'a'), takeOf(1, 1, 'b')]
  expect(placeTake(takeOf(0, 0, 'c'), taken)).toEqual(takeOf(8, 8, 'c'))
})

it('finds a take again that was moved', () => {
  const moved = takeOf(8, 8, 'c')
  expect(placeTake(takeOf(0, 0, 'c'), [takeOf(0, 7, 'a'), moved])).toEqual(moved)
})
