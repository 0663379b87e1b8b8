import { expect, test } from 'vitest'
import { ID } from './ebml.ts'
import { element, uintElement } from './ebml-writer.ts'
import { header, trackEntry } from './fixtures/sample-webm.ts'
import { MediaError } from './media-error.ts'
import { readHeader } from './webm-header.ts'
import { cueTrackOf, readTimecodeScale, readTracks } from './webm-tracks.ts'

const childrenOf = (...children: Uint8Array[]) => readHeader(header(...children)).children

test('reads numbers, codecs, dimensions and sampling as recorded', () => {
  const codecPrivate = Uint8Array.of(1, 2, 3)
  const tracks = element(
    ID.tracks,
    trackEntry(
      2,
      'V_VP9',
      element(ID.video, uintElement(ID.pixelWidth, 640), uintElement(ID.pixelHeight, 360)),
    ),
    trackEntry(
      1,
      'A_OPUS',
      element(ID.codecPrivate, codecPrivate),
      element(ID.audio, element(ID.samplingFrequency, Uint8Array.of(0x47, 0x3b, 0x80, 0))),
    ),
  )
  const nothing = { width: null, height: null, samplingRate: null, channels: null, bitDepth: null }
  const absent = {
    ...nothing,
    defaultDurationNs: null,
    codecPrivate: null,
    codecDelayNs: null,
    isEncoded: false,
  }
  expect(readTracks(childrenOf(tracks))).toEqual([
    { ...absent, number: 2, kind: 'video', codecId: 'V_VP9', width: 640, height: 360 },
    {
      ...absent,
      number: 1,
      kind: 'audio',
      codecId: 'A_OPUS',
      samplingRate: 48_000,
      channels: 1,
      codecPrivate,
    },
  ])
})

test('seeking follows the first video, else the first audio', () => {
  const [audio, video] = [{ kind: 'audio' }, { kind: 'video' }] as const
  expect(cueTrackOf([audio, video])).toBe(video)
  expect(cueTrackOf([audio])).toBe(audio)
  expect(cueTrackOf([])).toBe(null)
})

test('a tick is 1 ms where Info does not say otherwise', () => {
  const scaled = element(ID.info, uintElement(ID.timecodeScale, 100_000))
  expect(readTimecodeScale(childrenOf(scaled))).toBe(100_000)
  expect(readTimecodeScale(childrenOf(element(ID.info)))).toBe(1_000_000)
  expect(readTimecodeScale(childrenOf(element(ID.tags)))).toBe(1_000_000)
})

test('a header without Tracks, or with broken ones, is a MediaError', () => {
  expect(() => readTracks(childrenOf(element(ID.info)))).toThrow(MediaError)
  const broken = element(ID.tracks, Uint8Array.of(0xae, 0x85, 0xd7))
  expect(() => readTracks(childrenOf(broken))).toThrow(MediaError)
})
