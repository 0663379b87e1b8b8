// A damaged take is read on at the same place wherever its bytes are cut, inside the head of the very element too that
// reading can go on from.
import { describe, expect, test } from 'vitest'
import { joinBytes } from './ebml-writer.ts'
import { cluster, ebmlHeader, frame, header, keyframe, sound } from './fixtures/sample-webm.ts'
import { indexChunk, startIndex } from './index-chunk.ts'
import { layoutTake } from './layout.ts'

/** What can be read again, at its first block. */
const LATER = joinBytes([
  ...[keyframe(0), sound(3), frame(40), sound(63)],
  cluster(1000, sound(123), keyframe(700)),
])
const withoutByte = (bytes: Uint8Array, at: number) =>
  joinBytes([bytes.subarray(0, at), bytes.subarray(at + 1)])
const NOISE = new Uint8Array(9)
const CASES = {
  'a head of a Cluster without one of its bytes': [header(), withoutByte(cluster(0), 5), LATER],
  'bytes that are no element': [header(), cluster(0, keyframe(0), sound(0)), NOISE, LATER],
}

/** What is carried on, and the file. */
function readChunks(chunks: readonly Uint8Array[]) {
  let after = startIndex(null)
  const indexed = chunks.map((bytes) => {
    const { index } = indexChunk(after, bytes)
    after = index.after
    return { bytes: bytes.length, index }
  })
  return { after, file: layoutTake({ init: null, chunks: indexed }) }
}

describe.each(Object.entries(CASES))('%s', (_, damaged) => {
  const bytes = joinBytes(damaged)
  const whole = readChunks([bytes])

  test('lead to one file wherever the take is cut once', () => {
    expect(whole.file.keyframes.at(-1)).toMatchObject({ ms: 1700 })
    for (let at = 1; at < bytes.length; at++) {
      expect(readChunks([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole)
    }
  })

  test('lead to one file when every byte comes alone', () => {
    expect(readChunks(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole)
  })
})

test('a take of another kind says why it is none, whatever is damaged behind its header', () => {
  const strange = joinBytes([ebmlHeader('other'), header().subarray(ebmlHeader().length)])
  const parts = [strange, cluster(0, keyframe(0)), NOISE]
  const whole = readChunks([joinBytes(parts)])
  expect(whole.after).toMatchObject({ container: 'raw', webm: { trouble: 'not_webm' } })
  expect(readChunks([joinBytes(parts.slice(0, 2)), NOISE]).after).toEqual(whole.after)
})
