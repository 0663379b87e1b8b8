import type { TrackInfo } from '@holdfast/media'
import { expect, test } from 'vitest'
import { planExport } from './export-maker.ts'
import { findPictures } from './picture-makers.ts'
import { writePosterTrack } from './poster-track.ts'

function track(kind: 'video' | 'audio', codecId: string, size: Partial<TrackInfo> = {}): TrackInfo {
  return { kind, codecId, width: null, height: null, ...size } as TrackInfo
}
const vp8 = track('video', 'V_VP8', { width: 641, height: 361 })
const vp9 = track('video', 'V_VP9')
const opus = track('audio', 'A_OPUS')

test('an export copies what MP4 has a place for, and converts the rest', () => {
  const codecs = (...of: Parameters<typeof planExport>) => {
    const { video, audio } = planExport(...of)
    return [video?.codec ?? null, audio?.codec ?? null]
  }
  expect(codecs(vp9, opus)).toEqual(['copy', 'copy'])
  expect(codecs(vp8, opus)).toEqual(['libx264', 'aac'])
  expect(codecs(vp8, null)).toEqual(['libx264', null])
  expect(codecs(null, opus)).toEqual([null, 'copy'])
  expect(codecs(null, track('audio', 'A_PCM/FLOAT/IEEE'))).toEqual([null, 'aac'])
  expect(codecs('unknown', 'unknown')).toEqual(['libx264', 'aac'])
  expect(codecs(null, null)).toEqual([null, null])
})

test('an export has one even size, whatever was recorded', () => {
  expect(planExport(vp8, null).video?.filters?.[0]).toContain('scale=640:360:')
})

test('pictures in a row are told apart by their markers', () => {
  const [begin, end] = [
    [0xff, 0xd8, 0xff],
    [0xff, 0xd9],
  ]
  const first = [...begin, 1, 0xff, 0xd9, 2, ...end]
  const second = [...begin, 3, ...end]
  expect(findPictures(new Uint8Array([...first, ...second]))).toEqual([
    [0, first.length],
    [first.length, second.length],
  ])
  expect(findPictures(new Uint8Array(first.slice(0, -2)))).toEqual([])
})

test('a poster’s cue is its minute', () => {
  const cues = writePosterTrack(61, new URLSearchParams({ version: '2' })).split('\n\n')
  expect(cues).toHaveLength(62)
  expect(cues[61]).toBe('01:00:00.000 --> 01:01:00.000\nposters/60.jpg?version=2\n')
})
