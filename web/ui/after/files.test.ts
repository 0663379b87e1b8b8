import { expect, it } from 'vitest'
import { isMp4AtOnce, isMp4Offered, recordedKind } from './files.ts'

const take = (mimeType: string, number = 0) => ({
  ...{ take: number, mimeType, startedAt: '2026-01-01', bytes: 1, mediaUrl: null },
})

it.each([
  ['video/webm;codecs=vp9,opus', 'WebM', true],
  ['video/webm;codecs=vp8,opus', 'WebM', false],
  ['audio/webm;codecs=pcm', 'WebM', false],
  ['video/webm', 'WebM', false],
  ['video/x-matroska;codecs=avc1,opus', 'Matroska', true],
  ['audio/mp4;codecs=opus', 'M4A', true],
])('knows %s as %s; an MP4 of it is there at once: %s', (mimeType, kind, isAtOnce) => {
  const takes = [take(mimeType)]
  expect(recordedKind({ takes })).toBe(kind)
  expect(isMp4AtOnce({ takes })).toBe(isAtOnce)
})

it('waits for the MP4 of several takes, and offers none of what is one', () => {
  const vp9 = 'video/webm;codecs=vp9,opus'
  expect(isMp4AtOnce({ takes: [take(vp9), take(vp9, 1)] })).toBe(false)
  const info = { version: 1, status: 'ready' } as Parameters<typeof isMp4Offered>[0]
  expect(isMp4Offered({ ...info, takes: [take(vp9)] })).toBe(true)
  expect(isMp4Offered({ ...info, takes: [take('video/mp4;codecs=avc1')] })).toBe(false)
  expect(isMp4Offered({ ...info, takes: [take(vp9)], version: 0 })).toBe(false)
  expect(isMp4Offered({ ...info, takes: [take(vp9)], status: 'recording' })).toBe(false)
})
