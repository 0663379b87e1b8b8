import { expect, test } from 'vitest'
import { mapChunks, PLACES, sumPlaces } from './chunk-places.ts'

const placesOf = (cells: Uint8Array | undefined) => [...(cells ?? [])].map((at) => PLACES[at])

test('what the server expects and lacks is missing, the rest is safe', () => {
  const [map] = mapChunks([{ take: 0, total: 5, missing: [[1, 2]] }])
  expect(placesOf(map?.cells)).toEqual(['safe', 'missing', 'missing', 'safe', 'safe'])
  expect(map?.counts).toMatchObject({ safe: 3, missing: 2, device: 0 })
})

test('what this page holds or sends is shown where it is, also before the server has heard of it', () => {
  const own = {
    take: 0,
    acked: [[2, 2]],
    flying: [[3, 3]],
    here: [[4, 5]],
    stuck: [[1, 1]],
  } as const
  const [map] = mapChunks([{ take: 0, total: 2, missing: [[1, 1]] }], [own])
  expect(placesOf(map?.cells)).toEqual(['safe', 'device', 'safe', 'flight', 'device', 'device'])
  const first = { take: 7, acked: [], flying: [[0, 0]], here: [], stuck: [] } as const
  expect(mapChunks([], [first]).map(({ take }) => take)).toEqual([7])
})

test('nothing is claimed of chunks behind the last hole that is listed, when there are more holes', () => {
  const [map] = mapChunks([
    {
      take: 0,
      total: 6,
      missing: [
        [1, 1],
        [3, 3],
      ],
      more: true,
    },
  ])
  expect(placesOf(map?.cells)).toEqual(['safe', 'missing', 'safe', 'missing', 'unknown', 'unknown'])
})

test('ten thousand chunks are counted in a moment', () => {
  const begun = performance.now()
  const maps = mapChunks([{ take: 0, total: 10_000, missing: [[500, 999]] }])
  expect(sumPlaces(maps)).toMatchObject({ safe: 9500, missing: 500 })
  expect(performance.now() - begun).toBeLessThan(200)
})
