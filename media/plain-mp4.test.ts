import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mp4Header, second } from './fixtures/sample-mp4.ts'
import { type Mp4Reading, readPlainMp4 } from './plain-mp4.ts'

function readAll(bytes: Uint8Array): Mp4Reading {
  const walk = readPlainMp4(bytes.length)
  let asked = walk.next()
  while (!asked.done) asked = walk.next(bytes.slice(asked.value.from, asked.value.to))
  return asked.value
}

test('fragments are another kind of file', () => {
  expect(readAll(Buffer.concat([mp4Header(), second(0, 100)]))).toBe('fragmented')
})

test('whatever the bytes are, it throws nothing and asks for nothing outside the file', () => {
  const word = fc.constantFrom('ftyp', 'moov', 'mdat', 'free', 'mvhd', 'trak', 'stco')
  const box = fc.tuple(word, fc.uint8Array({ maxLength: 40 }), fc.integer({ min: -9, max: 60 }))
  fc.assert(
    fc.property(fc.array(box, { maxLength: 6 }), (boxes) => {
      const bytes = Buffer.concat(
        boxes.map(([type, payload, more]) => {
          const head = Buffer.alloc(8)
          head.writeUInt32BE(Math.max(0, 8 + payload.length + more))
          head.write(type, 4, 'latin1')
          return Buffer.concat([head, payload])
        }),
      )
      const walk = readPlainMp4(bytes.length)
      let asked = walk.next()
      while (!asked.done) {
        const { from, to } = asked.value
        expect(from).toBeGreaterThanOrEqual(0)
        expect(to).toBeLessThanOrEqual(bytes.length)
        asked = walk.next(bytes.subarray(from, to))
      }
      expect(['string', 'object']).toContain(typeof asked.value)
    }),
  )
})
