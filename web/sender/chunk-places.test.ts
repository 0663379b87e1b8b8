import { expect, test } from 'vitest'
import { chunkPlaces } from './chunk-places.ts'
import type { TakeUpload } from './uploader-state.ts'

const take: TakeUpload = {
  ...{ take: 0, wire: 2, announced: 'acked' as const, captured: 10, have: [] },
  acked: [[0, 3]],
  assumed: [[0, 1]],
  stuck: [[9, 9]],
}

const flying = (seq: number, of = 0) =>
  ({ kind: 'chunk', take: of, wire: 2, seq, bytes: 1, overtakenAt: null }) as const

test('each chunk is at one place, under the number that the server knows its take by', () => {
  const [places] = chunkPlaces({ takes: [take], flight: [flying(5), flying(4), flying(7, 1)] })
  expect(places).toEqual({
    take: 2,
    acked: [[2, 3]],
    flying: [[4, 5]],
    here: [[6, 8]],
    stuck: [[9, 9]],
  })
})

test('what is not here any more and was not confirmed is called neither safe nor here', () => {
  const [places] = chunkPlaces({ takes: [take], flight: [] })
  const said = [...(places?.acked ?? []), ...(places?.here ?? [])].flat()
  expect(said).not.toContain(0)
  expect(said).not.toContain(1)
})
