import { expect, test } from 'vitest'
import { chaptersOf, gapStretches, writeChapters } from './timeline.ts'

test('chapters go from mark to mark, with what is before the first', () => {
  const marks = [{ atMs: 1500, label: 'Question' }, { atMs: 3000 }]
  expect(chaptersOf(marks, 5000)).toEqual([
    { startMs: 0, endMs: 1500, name: 'Beginning' },
    { startMs: 1500, endMs: 3000, name: 'Question' },
    { startMs: 3000, endMs: 5000, name: 'Mark 2' },
  ])
  expect(chaptersOf([{ atMs: 0 }], 5000)).toHaveLength(1)
})

test('a mark behind the end of the file is no chapter', () => {
  expect(chaptersOf([{ atMs: 9000 }], 5000)).toEqual([])
})

test('what people write stays one line of text in the track', () => {
  const text = writeChapters([{ startMs: 0, endMs: 3_723_004, name: 'a <b>\n\n--> & c' }])
  expect(text).toBe('WEBVTT\n\n00:00:00.000 --> 01:02:03.004\na &lt;b&gt; --&gt; &amp; c\n')
})

test('a gap without a place is drawn nowhere', () => {
  const gap = { take: 0, fromSeq: 1, toSeq: 1 }
  const gaps = [
    { ...gap, fromMs: 1000, toMs: 2000 },
    { ...gap, fromMs: null, toMs: null },
  ]
  expect(gapStretches({ gaps }, 4000)).toEqual([{ from: 0.25, to: 0.5 }])
})
