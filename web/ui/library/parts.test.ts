import { expect, it } from 'vitest'
import { partsOf } from './parts.ts'

const take = (number: number, bytes: number, mimeType = 'video/webm') => ({
  take: number,
  mimeType,
  startedAt: '2026-01-02T03:04:05Z',
  bytes,
  mediaUrl: `/media?take=${number}`,
})

it('numbers the parts as people count and leaves out takes that stored nothing', () => {
  const parts = partsOf({ takes: [take(0, 10), take(1, 0), take(2, 10)] })
  expect(parts?.map(({ number, take }) => [number, take])).toEqual([
    [1, 0],
    [2, 2],
  ])
})

it('claims nothing where only the list spoke of the recording', () => {
  expect(partsOf({})).toBeNull()
})

it.each([
  ['video/webm;codecs=vp8,opus', 'webm'],
  ['video/x-matroska;codecs=avc1', 'mkv'],
  ['video/mp4', 'mp4'],
  ['audio/mp4;codecs=opus', 'm4a'],
  ['', 'webm'],
])('names a file of %s so that players open it', (mimeType, ending) => {
  expect(partsOf({ takes: [take(0, 1, mimeType)] })?.[0]?.ending).toBe(ending)
})
