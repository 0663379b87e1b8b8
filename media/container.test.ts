import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sniffContainer } from './container.ts'
import { joinBytes } from './ebml-writer.ts'
import { ebmlHeader, header } from './fixtures/sample-webm.ts'

const text = (value: string) => new TextEncoder().encode(value)

test('knows WebM and Matroska by magic and DocType', () => {
  expect(sniffContainer(header())).toBe('webm')
  expect(sniffContainer(ebmlHeader('matroska'))).toBe('webm')
})

test('knows MP4 by its first box', () => {
  expect(sniffContainer(joinBytes([Uint8Array.of(0, 0, 0, 24), text('ftypiso5....')]))).toBe('mp4')
})

test.each([
  ['nothing', new Uint8Array(0)],
  [
    'a list that would lead a demuxer to other files',
    text('ffconcat version 1.0\nfile other.webm\n'),
  ],
  ['a playlist', text('#EXTM3U\n#EXTINF:1,\nother.webm\n')],
  ['EBML of another DocType', ebmlHeader('kate')],
  ['a cut EBML header', header().subarray(0, 9)],
  ['a box too small to be ftyp', joinBytes([Uint8Array.of(0, 0, 0, 8), text('ftyp')])],
])('does not take %s for media', (_, bytes) => {
  expect(sniffContainer(bytes)).toBe('unknown')
})

test('never throws', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.uint8Array({ maxLength: 60 }).map((rest) => joinBytes([ebmlHeader().subarray(0, 5), rest])),
  )
  fc.assert(
    fc.property(bytes, (input) => {
      expect(['webm', 'mp4', 'unknown']).toContain(sniffContainer(input))
    }),
    { numRuns: 1000 },
  )
})
