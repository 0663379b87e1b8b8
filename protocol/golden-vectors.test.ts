// Bytes written by hand from the contract, for us and for whoever writes a client in another language.
// They must never be regenerated from the code: they are what the code is judged by.
import { describe, expect, test } from 'vitest'
import { chunkFrame, readCheck, readChunk } from './chunk-payload.ts'
import { ERRORS } from './errors.ts'
import { FrameStreamDecoder } from './frame-stream.ts'
import { decodeFrame, encodeFrame, encodeStreamed, FLAG, FRAME, frame } from './frames.ts'
import golden from './golden-vectors.json' with { type: 'json' }
import { fromBase64, toHex } from './ids.ts'
import { jsonFrame, readJson } from './json-frame.ts'
import { readFinish, readHello, readTake } from './messages.ts'

type Vector = { name: string; head: string; json?: string; payload?: string }

const vectors: Vector[] = golden
const ID = '01980a5e-7c00-7000-8000-000000000001'
const TOKEN = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYX'
const SHA_ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
const SHA_EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const STARTED_AT = '2025-07-14T09:30:00.000Z'
const abc = new TextEncoder().encode('abc')

const fromHex = (text: string): Uint8Array =>
  Uint8Array.from(text.replaceAll(' ', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

function bytesOf({ head, json, payload }: Vector): Uint8Array {
  const body = json === undefined ? fromHex(payload ?? '') : new TextEncoder().encode(json)
  return Uint8Array.of(...fromHex(head), ...body)
}

const chunk = (seq: number, times: { clusterMs: number | null; endMs: number | null }) => ({
  take: 0,
  seq,
  aligned: false,
  sha256: fromHex(SHA_ABC),
  bytes: abc,
  ...times,
})

/** What our own code makes of each vector's meaning, by the vector's name. */
const built: Record<string, ReturnType<typeof frame>> = {
  HELLO: jsonFrame(FRAME.HELLO, { v: 1, recording: ID, token: TOKEN }),
  TAKE: jsonFrame(
    FRAME.TAKE,
    { mimeType: 'video/webm;codecs=vp8,opus', startedAt: STARTED_AT, init: 'GkXfow==' },
    { take: 2 },
  ),
  'TAKE whose init is inside chunk 0': jsonFrame(
    FRAME.TAKE,
    { mimeType: '', startedAt: STARTED_AT, init: null },
    { take: 65535 },
  ),
  CHUNK: chunkFrame({ ...chunk(42, { clusterMs: 1000, endMs: 2000 }), take: 1, aligned: true }),
  'CHUNK that knows no times': chunkFrame(chunk(0xffffffff, { clusterMs: null, endMs: null })),
  'CHUNK without bytes': chunkFrame({
    ...chunk(0, { clusterMs: null, endMs: null }),
    sha256: fromHex(SHA_EMPTY),
    bytes: new Uint8Array(0),
  }),
  FINISH: jsonFrame(FRAME.FINISH, { takes: [{ take: 0, chunks: 34 }], reason: 'pagehide' }),
  PING: frame(FRAME.PING, { seq: 7 }),
  'PING that means recording again': frame(FRAME.PING, { seq: 8, flags: FLAG.recordingAgain }),
  CHECK: frame(FRAME.CHECK, { take: 1, seq: 42, payload: fromHex(SHA_ABC) }),
  WELCOME: jsonFrame(FRAME.WELCOME, {
    status: 'recording',
    version: 0,
    have: {
      0: [
        [0, 33],
        [35, 36],
      ],
    },
    limits: { maxChunkBytes: 4194304, maxBodyBytes: 16777216, window: 32, windowBytes: 8388608 },
    pingMs: 3333,
    graceMs: 10000,
  }),
  'ACK of a CHUNK': frame(FRAME.ACK, { take: 1, seq: 42 }),
  'ACK of a TAKE': frame(FRAME.ACK, { take: 1, flags: FLAG.ackTake }),
  'ACK of a FINISH': frame(FRAME.ACK, { flags: FLAG.ackFinish }),
  NACK: jsonFrame(
    FRAME.NACK,
    { code: 'digest_mismatch', message: ERRORS.digest_mismatch.message, retry: true },
    { take: 1, seq: 42 },
  ),
  PONG: frame(FRAME.PONG, { seq: 7 }),
  EVENT: jsonFrame(FRAME.EVENT, {
    type: 'missing',
    id: ID,
    missing: {
      0: [
        [5, 5],
        [12, 12],
      ],
    },
  }),
  ERROR: jsonFrame(FRAME.ERROR, {
    code: 'window_exceeded',
    message: ERRORS.window_exceeded.message,
    retry: true,
  }),
}

const vector = (name: string): Vector => {
  const found = vectors.find((one) => one.name === name)
  if (!found) throw new Error(`no golden vector ${name}`)
  return found
}
const read = (name: string) => decodeFrame(bytesOf(vector(name)))

describe('the golden vectors', () => {
  test('cover every frame type', () => {
    const types = new Set(vectors.map((one) => bytesOf(one)[0]))
    expect(types).toEqual(new Set(Object.values(FRAME)))
    expect(Object.keys(built)).toEqual(vectors.map((one) => one.name))
  })

  test.each(vectors)('$name is written byte for byte', (one) => {
    expect(toHex(encodeFrame(built[one.name] ?? frame(FRAME.PING)))).toBe(toHex(bytesOf(one)))
  })

  test.each(vectors)('$name is read back from a frame stream', (one) => {
    const bytes = bytesOf(one)
    const length = new Uint8Array(4)
    new DataView(length.buffer).setUint32(0, bytes.length)
    const stream = Uint8Array.of(...length, ...bytes)
    expect(toHex(encodeStreamed(decodeFrame(bytes)))).toBe(toHex(stream))
    expect([...new FrameStreamDecoder(4096).push(stream)]).toEqual([decodeFrame(bytes)])
  })

  test('a PING in a frame stream is these twelve bytes', () => {
    const stream = fromHex('00000008 05 00 0000 00000007')
    expect(encodeStreamed(frame(FRAME.PING, { seq: 7 }))).toEqual(stream)
  })

  test('HELLO, TAKE and FINISH mean what they say', () => {
    expect(readHello(readJson(read('HELLO')))).toEqual({ v: 1, recording: ID, token: TOKEN })
    expect(readTake(readJson(read('TAKE')))).toEqual({
      mimeType: 'video/webm;codecs=vp8,opus',
      startedAt: STARTED_AT,
      init: fromBase64('GkXfow=='),
    })
    expect(readTake(readJson(read('TAKE whose init is inside chunk 0'))).init).toBeNull()
    expect(readFinish(readJson(read('FINISH')))).toEqual({
      takes: [{ take: 0, chunks: 34 }],
      reason: 'pagehide',
    })
  })

  test('CHUNK and CHECK mean what they say', () => {
    expect(readChunk(read('CHUNK'))).toEqual({
      ...chunk(42, { clusterMs: 1000, endMs: 2000 }),
      take: 1,
      aligned: true,
    })
    expect(readChunk(read('CHUNK that knows no times'))).toEqual(
      chunk(0xffffffff, { clusterMs: null, endMs: null }),
    )
    expect(readChunk(read('CHUNK without bytes')).bytes).toHaveLength(0)
    expect(toHex(readCheck(read('CHECK')))).toBe(SHA_ABC)
  })
})
