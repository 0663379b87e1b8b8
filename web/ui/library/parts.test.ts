import { expect, it } from 'vitest'
import { isOneFile, isPartsUnknown, partsOf } from './parts.ts'
import type { RecordingInfo } from './recordings-client.ts'

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

const listed = (takeCount?: number): RecordingInfo => ({
  ...{ id: 'x', status: 'ready', version: 1, reason: 'stop', title: null, createdAt: '' },
  ...{ startedAt: null, durationMs: 1, bytes: 9, generation: 1, mediaUrl: '/media' },
  ...(takeCount === undefined ? {} : { takeCount }),
})

it('needs no closer look where the list says that there is one take', () => {
  expect([isPartsUnknown(listed(1)), isOneFile(listed(1))]).toEqual([false, true])
  // Of two takes one may be empty; a server that does not count says nothing.
  for (const row of [listed(2), listed()]) {
    expect([isPartsUnknown(row), isOneFile(row)]).toEqual([true, false])
  }
  const known = { ...listed(2), takes: [take(0, 9), take(1, 0)] }
  expect([isPartsUnknown(known), isOneFile(known)]).toEqual([false, true])
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
