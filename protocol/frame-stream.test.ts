import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HoldfastError } from './errors.ts'
import { FrameStreamDecoder, joinBytes } from './frame-stream.ts'
import { encodeStreamed, FRAME, type Frame, frame, HEAD_BYTES } from './frames.ts'

const MAX_FRAME_BYTES = 512

const anyFrame: fc.Arbitrary<Frame> = fc
  .record({
    type: fc.constantFrom(...Object.values(FRAME)),
    flags: fc.integer({ min: 0, max: 0xff }),
    take: fc.integer({ min: 0, max: 0xffff }),
    seq: fc.integer({ min: 0, max: 0xffffffff }),
    payload: fc.uint8Array({ maxLength: 300 }),
  })
  .map(({ type, ...parts }) => frame(type, parts))

/** Bytes cut at arbitrary places, empty pieces included. */
const cut = (bytes: Uint8Array, at: readonly number[]): Uint8Array[] => {
  const cuts = [0, ...at.map((place) => place % (bytes.length + 1)), bytes.length]
  cuts.sort((a, b) => a - b)
  return cuts.slice(1).map((end, i) => bytes.subarray(cuts[i], end))
}

/** Noise that is often nearly a frame stream: what a mutated or hostile client would send. */
const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 2000 }),
  fc
    .tuple(fc.array(anyFrame, { maxLength: 4 }), fc.uint8Array({ maxLength: 40 }))
    .map(([frames, noise]) => joinBytes([...frames.map(encodeStreamed), noise])),
  fc
    .tuple(fc.integer({ min: 0, max: 0xffffffff }), fc.uint8Array({ maxLength: 600 }))
    .map(([length, rest]) => {
      const head = new Uint8Array(4)
      new DataView(head.buffer).setUint32(0, length)
      return joinBytes([head, rest])
    }),
)

const places = fc.array(fc.nat({ max: 5000 }), { maxLength: 12 })

/** All frames and the code of the error that ended the stream, if one did. */
function readAll(pieces: readonly Uint8Array[], decoder = new FrameStreamDecoder(MAX_FRAME_BYTES)) {
  const frames: Frame[] = []
  try {
    for (const piece of pieces) for (const value of decoder.push(piece)) frames.push(value)
    decoder.end()
    return { frames, error: null }
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    return { frames, error: error.code }
  }
}

describe('a frame stream', () => {
  test('comes back frame by frame, wherever its bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 8 }), places, (frames, at) => {
        const bytes = joinBytes(frames.map(encodeStreamed))
        expect(readAll(cut(bytes, at))).toEqual({ frames, error: null })
      }),
    )
  })

  test('comes back when it arrives byte by byte', () => {
    const frames = [frame(FRAME.PING), frame(FRAME.TAKE, { payload: Uint8Array.of(1, 2, 3) })]
    const bytes = joinBytes(frames.map(encodeStreamed))
    expect(readAll([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual({ frames, error: null })
  })

  test('gives the same answer for arbitrary bytes in pieces and at once', () => {
    fc.assert(
      fc.property(anyBytes, places, (bytes, at) => {
        expect(readAll(cut(bytes, at))).toEqual(readAll([bytes]))
      }),
    )
  })

  test('fails only with bad_frame or frame_too_large', () => {
    fc.assert(
      fc.property(anyBytes, places, (bytes, at) => {
        expect(['bad_frame', 'frame_too_large', null]).toContain(readAll(cut(bytes, at)).error)
      }),
    )
  })

  test('yields only bytes that it was given, once and in order', () => {
    fc.assert(
      fc.property(anyBytes, places, (bytes, at) => {
        const { frames } = readAll(cut(bytes, at))
        const again = joinBytes(frames.map(encodeStreamed))
        expect(again).toEqual(Uint8Array.from(bytes.subarray(0, again.length)))
      }),
    )
  })

  test('reads nothing outside the view that it was given', () => {
    const inside = encodeStreamed(frame(FRAME.PING, { seq: 5 }))
    const around = joinBytes([new Uint8Array(16).fill(0xff), inside, new Uint8Array(16).fill(0xff)])
    expect(readAll([around.subarray(16, 16 + inside.length)])).toEqual(readAll([inside]))
  })

  test('gives payloads that do not change when the input buffer is used again', () => {
    const input = encodeStreamed(frame(FRAME.TAKE, { payload: Uint8Array.of(7, 7) }))
    const { frames } = readAll([input])
    input.fill(0)
    expect(frames[0]?.payload).toEqual(Uint8Array.of(7, 7))
  })
})

describe('the limits of a frame stream', () => {
  const announcing = (length: number): Uint8Array => {
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setUint32(0, length)
    return bytes
  }

  test('hold to the byte', () => {
    const payload = new Uint8Array(MAX_FRAME_BYTES - HEAD_BYTES)
    expect(readAll([encodeStreamed(frame(FRAME.CHUNK, { payload }))]).error).toBeNull()
    expect(readAll([announcing(MAX_FRAME_BYTES + 1)]).error).toBe('frame_too_large')
    expect(readAll([announcing(HEAD_BYTES - 1)]).error).toBe('bad_frame')
    expect(readAll([announcing(0)]).error).toBe('bad_frame')
  })

  test('refuse a frame shorter than its head as soon as its length is read', () => {
    const decoder = new FrameStreamDecoder(MAX_FRAME_BYTES)
    expect(() => [...decoder.push(announcing(HEAD_BYTES - 1))]).toThrow(HoldfastError)
  })

  test('refuse a long frame by its length alone, before memory is taken for it', () => {
    const taken = allocatedBy(() => readAll([announcing(0xffffffff)]))
    expect(taken).toBeLessThanOrEqual(MAX_FRAME_BYTES)
  })

  test('bound the memory of a stream, whatever arrives', () => {
    fc.assert(
      fc.property(anyBytes, places, (bytes, at) => {
        const pieces = cut(bytes, at)
        const longest = allocatedBy(() => readAll(pieces))
        expect(longest).toBeLessThanOrEqual(MAX_FRAME_BYTES)
      }),
    )
  })

  test('leave a stream that failed failed', () => {
    const decoder = new FrameStreamDecoder(MAX_FRAME_BYTES)
    const ping = encodeStreamed(frame(FRAME.PING))
    expect(readAll([announcing(1)], decoder).error).toBe('bad_frame')
    expect(readAll([ping], decoder)).toEqual({ frames: [], error: 'bad_frame' })
  })

  test('make an end inside a frame a bad_frame', () => {
    const bytes = encodeStreamed(frame(FRAME.PING, { payload: Uint8Array.of(1) }))
    for (let length = 1; length < bytes.length; length++) {
      expect(readAll([bytes.subarray(0, length)]).error).toBe('bad_frame')
    }
    expect(readAll([]).error).toBeNull()
  })
})

/** The longest Uint8Array that `run` makes by its length. */
function allocatedBy(run: () => unknown): number {
  const Original = globalThis.Uint8Array
  let longest = 0
  globalThis.Uint8Array = new Proxy(Original, {
    construct(target, args: [], newTarget) {
      const [first] = args as unknown[]
      if (typeof first === 'number') longest = Math.max(longest, first)
      return Reflect.construct(target, args, newTarget)
    },
  })
  try {
    run()
  } finally {
    globalThis.Uint8Array = Original
  }
  return longest
}
