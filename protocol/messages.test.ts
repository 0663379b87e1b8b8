import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HoldfastError } from './errors.ts'
import { FRAME, type Frame, frame } from './frames.ts'
import { toBase64 } from './ids.ts'
import { jsonFrame, readJson } from './json-frame.ts'
import { readFinish, readHello, readTake } from './messages.ts'

const ID = '01980a5e-7c00-7000-8000-000000000001'
const TOKEN = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYX'
const STARTED_AT = '2025-07-14T09:30:00.000Z'
const hello = { v: 1, recording: ID, token: TOKEN }
const take = { mimeType: 'video/webm', startedAt: STARTED_AT, init: null }
const finish = { takes: [{ take: 0, chunks: 34 }], reason: 'user' }

const readers = { readHello, readTake, readFinish }
const textFrame = (text: string): Frame =>
  frame(FRAME.HELLO, { payload: new TextEncoder().encode(text) })

/** The code of what `run` throws; null when it returns; anything but our own error is let through. */
function codeOf(run: () => unknown): string | null {
  try {
    run()
    return null
  } catch (error) {
    if (error instanceof HoldfastError) return error.code
    throw error
  }
}

describe('reading JSON', () => {
  test('gives back what was written', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        const wire = JSON.parse(JSON.stringify(body))
        expect(readJson(jsonFrame(FRAME.EVENT, body))).toEqual(wire)
      }),
    )
  })

  test('of arbitrary bytes fails only with bad_frame', () => {
    const payloads = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string().map(utf8))
    fc.assert(
      fc.property(payloads, (payload) => {
        const value = frame(FRAME.HELLO, { payload })
        for (const read of Object.values(readers)) {
          expect(codeOf(() => read(readJson(value)))).toMatch(/^(bad_frame|version_unsupported)$/)
        }
      }),
    )
  })

  test('of bytes that are not UTF-8 is bad_frame, not a replaced character', () => {
    const payload = Uint8Array.of(0x22, 0xff, 0x22)
    expect(codeOf(() => readJson(frame(FRAME.HELLO, { payload })))).toBe('bad_frame')
  })

  test('survives a megabyte of nesting', () => {
    const deep = '['.repeat(500_000)
    expect(codeOf(() => readJson(textFrame(deep)))).toBe('bad_frame')
    const closed = `{"v":1,"x":${deep}${']'.repeat(500_000)}}`
    expect(codeOf(() => readHello(readJson(textFrame(closed))))).toBe('bad_frame')
  })
})

describe('every message', () => {
  test.each(Object.entries(readers))('%s refuses any other JSON with its own error', (_n, read) => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        expect(codeOf(() => read(body))).toMatch(/^(bad_frame|version_unsupported)$/)
      }),
    )
  })

  test('with one field replaced by anything is read or refused with bad_frame', () => {
    for (const [read, body] of [
      [readHello, hello],
      [readTake, take],
      [readFinish, finish],
    ] as const) {
      const field = fc.constantFrom(...Object.keys(body))
      fc.assert(
        fc.property(field, fc.jsonValue(), (name, value) => {
          const code = codeOf(() => read({ ...body, [name]: value }))
          expect([null, 'bad_frame', 'version_unsupported']).toContain(code)
        }),
      )
    }
  })

  test('ignores fields that are not known yet', () => {
    expect(readHello({ ...hello, later: 1 })).toEqual(hello)
    expect(readTake({ ...take, later: 1 })).toEqual(take)
    expect(readFinish({ ...finish, later: 1 })).toEqual(finish)
  })

  test('cannot reach the prototype of anything', () => {
    const poison = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}'
    const bodies = [
      [readHello, `{"v":1,"recording":"${ID}",${poison}}`],
      [readTake, `{"mimeType":"","startedAt":"${STARTED_AT}",${poison}}`],
      [readFinish, `{"takes":[{"take":0,"chunks":1,${poison}}],${poison}}`],
    ] as const
    for (const [read, text] of bodies) {
      const value = read(readJson(textFrame(text))) as Record<string, unknown>
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
      expect(value.polluted).toBeUndefined()
      expect(Object.keys(value)).not.toContain('constructor')
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  test('is refused with a short sentence, however long the field was', () => {
    const long = 'x'.repeat(1_000_000)
    for (const run of [
      () => readTake({ ...take, startedAt: long }),
      () => readTake({ ...take, mimeType: long }),
      () => readFinish({ ...finish, reason: long }),
    ]) {
      const error = errorOf(run)
      expect(error.message.length).toBeLessThanOrEqual(200)
    }
  })
})

describe('HELLO', () => {
  test('of another version is version_unsupported, whatever else it says', () => {
    for (const v of [0, 2, -1, 1.5, 1e308]) {
      expect(codeOf(() => readHello({ v }))).toBe('version_unsupported')
    }
    for (const v of ['1', null, true, [1], undefined]) {
      expect(codeOf(() => readHello({ ...hello, v }))).toBe('bad_frame')
    }
  })

  test('may leave the token to the Authorization header', () => {
    expect(readHello({ v: 1, recording: ID })).toEqual({ v: 1, recording: ID })
  })

  test('names its recording by a UUID in any spelling and by nothing else', () => {
    expect(readHello({ ...hello, recording: ID.toUpperCase() }).recording).toBe(ID)
    for (const recording of ['../../etc/passwd', '', `${ID}/..`, `${ID}\n`, 7]) {
      expect(codeOf(() => readHello({ ...hello, recording }))).toBe('bad_frame')
    }
  })

  test('does not repeat the token in what it refuses', () => {
    const token = `secret ${TOKEN}`
    expect(errorOf(() => readHello({ ...hello, token })).message).not.toContain(TOKEN)
  })
})

describe('TAKE', () => {
  test('brings the init as the bytes that were sent', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(readTake({ ...take, init: toBase64(bytes) }).init).toEqual(Uint8Array.from(bytes))
      }),
    )
    expect(codeOf(() => readTake({ ...take, init: 'not base64!' }))).toBe('bad_frame')
  })

  test('without an init has none', () => {
    const { init: _, ...without } = take
    expect(readTake(without).init).toBeNull()
  })

  test.each([
    ['2025-07-14T09:30:00Z', STARTED_AT],
    ['2025-07-14T09:30Z', STARTED_AT],
    ['2025-07-14T09:30:00.000000Z', STARTED_AT],
    ['2025-07-14T11:30:00+02:00', STARTED_AT],
    ['2025-07-14T09:30:00.123456789Z', '2025-07-14T09:30:00.123Z'],
  ])('reads the time %s', (startedAt, expected) => {
    expect(readTake({ ...take, startedAt }).startedAt).toBe(expected)
  })

  test.each([
    '2025-07-14T09:30:00',
    '2025-13-01T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '2025-07-14',
    'now',
    '',
    '+275760-09-13T00:00:00Z',
  ])('refuses the time "%s"', (startedAt) => {
    expect(codeOf(() => readTake({ ...take, startedAt }))).toBe('bad_frame')
  })

  test('passes on no time that a database would refuse', () => {
    const { startedAt } = readTake({ ...take, startedAt: '2025-02-31T00:00:00Z' })
    expect(startedAt).toBe('2025-03-03T00:00:00.000Z')
  })

  test('takes a media type of printable characters only', () => {
    for (const mimeType of ['a\u0000b', 'a\r\nSet-Cookie: x', 'vidéo/webm', 'x'.repeat(201)]) {
      expect(codeOf(() => readTake({ ...take, mimeType }))).toBe('bad_frame')
    }
    const mimeType = 'video/x-matroska;codecs="avc1,opus"'
    expect(readTake({ ...take, mimeType }).mimeType).toBe(mimeType)
  })
})

describe('FINISH', () => {
  test('takes totals of everything that a u32 can number', () => {
    const body = { takes: [{ take: 65535, chunks: 0x1_0000_0000 }], reason: 'error' }
    expect(readFinish(body)).toEqual(body)
    expect(readFinish({ takes: [] })).toEqual({ takes: [], reason: 'user' })
  })

  test('refuses numbers that are no takes and no totals', () => {
    const bad = [-1, 0.5, 1e308, Number.POSITIVE_INFINITY, Number.NaN, '1', null, 2 ** 53]
    for (const value of bad) {
      expect(codeOf(() => readFinish({ takes: [{ take: value, chunks: 1 }] }))).toBe('bad_frame')
      expect(codeOf(() => readFinish({ takes: [{ take: 1, chunks: value }] }))).toBe('bad_frame')
    }
    const huge = `{"takes":[{"take":0,"chunks":1${'0'.repeat(400)}}]}`
    expect(codeOf(() => readFinish(readJson(textFrame(huge))))).toBe('bad_frame')
    expect(codeOf(() => readFinish({ takes: [{ take: 65536, chunks: 1 }] }))).toBe('bad_frame')
  })

  test('names at most as many takes as there can be', () => {
    const one = { take: 0, chunks: 0 }
    expect(readFinish({ takes: Array(65_536).fill(one) }).takes).toHaveLength(65_536)
    expect(codeOf(() => readFinish({ takes: Array(65_537).fill(one) }))).toBe('bad_frame')
  })
})

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function errorOf(run: () => unknown): Error {
  try {
    run()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was thrown')
}
