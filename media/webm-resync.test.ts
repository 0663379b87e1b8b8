import { expect, test } from 'vitest'
import { ID } from './ebml.ts'
import { joinBytes } from './ebml-writer.ts'
import {
  AUDIO,
  cluster,
  frame,
  keyframe,
  sound,
  unknownSized,
  VIDEO,
  VOID,
} from './fixtures/sample-webm.ts'
import { findPlace } from './webm-resync.ts'

const tracks = [VIDEO, AUDIO]
const FIRST = { tracks, isFirst: true, aligned: false }
const LATER = { tracks, isFirst: false, aligned: false }
const BLOCKS = joinBytes([frame(10), sound(20), frame(30), sound(80)])
/** No id of an element begins with one of these. */
const NOISE = new Uint8Array(100).fill(0x55)

test('a Cluster is a place wherever it lies', () => {
  const bytes = joinBytes([NOISE, cluster(1000, keyframe(0))])
  expect(findPlace(bytes, LATER)).toEqual({ at: 100, lent: 0, begins: 'cluster' })
})

test('one byte missing from an id at the beginning is lent', () => {
  expect(findPlace(BLOCKS.subarray(1), FIRST)).toEqual({ at: -1, lent: 0xa3, begins: 'block' })
  const head = cluster(1000, keyframe(0)).subarray(1)
  expect(findPlace(head, FIRST)).toEqual({ at: -1, lent: 0x1f, begins: 'cluster' })
})

test('a block is believed when others follow it', () => {
  const bytes = joinBytes([NOISE, BLOCKS])
  expect(findPlace(bytes, LATER)).toEqual({ at: 100, lent: 0, begins: 'block' })
  const alone = joinBytes([NOISE, frame(10), NOISE])
  expect(findPlace(alone, LATER)).toEqual({ from: alone.length })
})

test('blocks of tracks that do not exist are none', () => {
  expect(findPlace(BLOCKS, { ...LATER, tracks: [7] })).toEqual({ from: BLOCKS.length })
})

test('what may become a place is kept until more has come', () => {
  const bytes = joinBytes([NOISE, BLOCKS])
  const cut = bytes.subarray(0, 100 + frame(10).length)
  expect(findPlace(cut, LATER)).toEqual({ from: 100 })
})

test('what ends inside the first head may become a place, too', () => {
  for (const begin of [BLOCKS, cluster(1000, keyframe(0))]) {
    for (let length = 1; length <= 8; length++) {
      const bytes = joinBytes([NOISE, begin.subarray(0, length)])
      expect(findPlace(bytes, LATER)).toEqual({ from: NOISE.length })
    }
  }
})

test('a sender that says that its chunk begins an element is believed after one block', () => {
  const bytes = frame(10, 5000).subarray(0, 100)
  expect(findPlace(bytes, { ...FIRST, aligned: true })).toEqual({ at: 0, lent: 0, begins: 'block' })
  expect(findPlace(bytes, FIRST)).toEqual({ from: 0 })
})

test('a Cluster without a Timecode, or with anything else in front of it, is none', () => {
  const empty = joinBytes([unknownSized(ID.cluster), NOISE])
  expect(findPlace(empty, LATER)).toEqual({ from: empty.length })
  const filled = joinBytes([unknownSized(ID.cluster), VOID, BLOCKS])
  expect(findPlace(filled, LATER)).toEqual({ at: 0, lent: 0, begins: 'cluster' })
})
