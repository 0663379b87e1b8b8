import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  CHUNK_HEAD_BYTES,
  type Chunk,
  chunkFrame,
  readCheck,
  readChunk,
  SHA256_BYTES,
} from './chunk-payload.ts'
import { HoldfastError } from './errors.ts'
import { decodeFrame, encodeFrame, FRAME, frame } from './frames.ts'

const hintMs = fc.option(fc.integer({ min: 0, max: 0xfffffffe }), { nil: null })
const anyChunk: fc.Arbitrary<Chunk> = fc.record({
  take: fc.integer({ min: 0, max: 0xffff }),
  seq: fc.integer({ min: 0, max: 0xffffffff }),
  aligned: fc.boolean(),
  sha256: fc.uint8Array({ minLength: SHA256_BYTES, maxLength: SHA256_BYTES }),
  clusterMs: hintMs,
  endMs: hintMs,
  bytes: fc.uint8Array({ maxLength: 500 }),
})

test('a chunk comes back as it was sent, its hints and flag included', () => {
  fc.assert(
    fc.property(anyChunk, (chunk) => {
      expect(readChunk(decodeFrame(encodeFrame(chunkFrame(chunk))))).toEqual(chunk)
    }),
  )
})

test('a hint that does not fit in a u32 is sent as unknown', () => {
  for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY, 0xffffffff, 2 ** 40]) {
    const chunk = { ...emptyChunk(), clusterMs: ms, endMs: ms }
    expect(readChunk(chunkFrame(chunk))).toMatchObject({ clusterMs: null, endMs: null })
  }
  expect(readChunk(chunkFrame({ ...emptyChunk(), endMs: 1999.9 })).endMs).toBe(1999)
})

test('arbitrary payloads are read or refused with bad_frame, never anything else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), (payload) => {
      expect(outcome(() => readChunk(frame(FRAME.CHUNK, { payload })))).toBe(
        payload.length < CHUNK_HEAD_BYTES ? 'bad_frame' : 'read',
      )
      expect(outcome(() => readCheck(frame(FRAME.CHECK, { payload })))).toBe(
        payload.length === SHA256_BYTES ? 'read' : 'bad_frame',
      )
    }),
  )
})

test('flags that are not known yet are ignored', () => {
  const sent = { ...chunkFrame(emptyChunk()), flags: 0xfe }
  expect(readChunk(sent).aligned).toBe(false)
  expect(readChunk({ ...sent, flags: 0xff }).aligned).toBe(true)
})

function emptyChunk(): Chunk {
  const sha256 = new Uint8Array(SHA256_BYTES)
  const bytes = new Uint8Array(0)
  return { take: 0, seq: 0, aligned: false, sha256, clusterMs: null, endMs: null, bytes }
}

function outcome(run: () => unknown): string {
  try {
    run()
    return 'read'
  } catch (error) {
    return error instanceof HoldfastError ? error.code : `leaked ${String(error)}`
  }
}
