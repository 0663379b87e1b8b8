import { expect, test } from 'vitest'
import { CHUNK_HEAD_BYTES } from './chunk-payload.ts'
import { maxFrameBytes } from './frame-size.ts'
import { HEAD_BYTES } from './frames.ts'
import { LIMITS, pingMsFor, TIMING } from './limits.ts'

test('a chunk of exactly the limit fits in a frame, and so does the longest JSON', () => {
  for (const limit of [1, 1000, LIMITS.maxChunkBytes]) {
    expect(maxFrameBytes(limit)).toBeGreaterThanOrEqual(HEAD_BYTES + CHUNK_HEAD_BYTES + limit)
    expect(maxFrameBytes(limit)).toBeGreaterThanOrEqual(HEAD_BYTES + LIMITS.maxJsonBytes)
  }
})

test('a chunk of the largest size fits in the window and in a body', () => {
  expect(LIMITS.windowBytes).toBeGreaterThanOrEqual(LIMITS.maxChunkBytes)
  expect(LIMITS.maxBodyBytes).toBeGreaterThanOrEqual(4 + maxFrameBytes(LIMITS.maxChunkBytes))
  expect(LIMITS.splitChunkBytes).toBeLessThanOrEqual(LIMITS.maxChunkBytes)
})

test('a client has three chances to ping inside the grace time, and pings every 20 s at most', () => {
  expect(pingMsFor(TIMING.graceMs) * 3).toBeLessThanOrEqual(TIMING.graceMs)
  expect(pingMsFor(3_600_000)).toBe(20_000)
  expect(pingMsFor(1)).toBe(200)
})
