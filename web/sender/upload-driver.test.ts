// The driver where the browser throws, or answers late, instead of answering.
import { FLAG, FRAME, type Frame, frame, jsonFrame, LIMITS } from '@holdfast/protocol'
import { afterEach, expect, it, vi } from 'vitest'
import type { ChunkRow } from '../buffer/rows.ts'
import type { Rung, TransportHandlers } from '../transport/transport.ts'
import { UploadDriver, type UploadSource } from './upload-driver.ts'

const SOURCE: UploadSource = {
  readChunk: () => Promise.resolve(null),
  readTake: () => ({ mimeType: '', startedAt: '', init: null }),
  forget: () => undefined,
  setAside: () => undefined,
  renumber: () => undefined,
  create: () => Promise.resolve(null),
  ask: () => Promise.resolve(null),
}

const notHere = () => {
  throw new Error('not a rung here')
}

it('goes on with the next rung when the browser refuses to open one', () => {
  const opened: Rung[] = []
  const driver = new UploadDriver({
    endpoint: { server: 'https://example.com', id: 'x', token: 't' },
    setup: { mode: 'live', rungs: ['websocket', 'http'], created: true, takes: [] },
    openers: {
      webtransport: notHere,
      // What `new WebSocket('ws://…')` does in a page that came by https.
      websocket: () => {
        opened.push('websocket')
        throw new DOMException('The operation is insecure.', 'SecurityError')
      },
      http: () => {
        opened.push('http')
        return { rung: 'http', bufferedBytes: 0, send: () => undefined, close: () => undefined }
      },
    },
    source: SOURCE,
    timer: { set: () => undefined, clear: () => undefined },
    onStep: () => undefined,
  })
  driver.dispatch({ type: 'tick' })
  expect(opened).toEqual(['websocket', 'http'])
  driver.end()
})

afterEach(() => {
  vi.useRealTimers()
})

const ROW: ChunkRow = {
  bytes: new ArrayBuffer(3),
  sha256: new Uint8Array(32),
  aligned: false,
  clusterMs: null,
  endMs: null,
}

/** Numbers of the chunks that go out, when the buffer answers so for each chunk, try after try. */
async function sentWhen(
  answers: readonly (readonly (ChunkRow | null | Error)[])[],
): Promise<{ sent: number[]; told: string[] }> {
  vi.useFakeTimers()
  const sent: number[] = []
  const told: string[] = []
  const tries = answers.map((one) => [...one])
  let server: TransportHandlers | null = null
  const send = (frames: readonly Frame[]) => {
    for (const { type, seq } of frames) if (type === FRAME.CHUNK) sent.push(seq)
  }
  const readChunk = async ({ seq }: { seq: number }): Promise<ChunkRow | null> => {
    const answer = tries[seq]?.shift() ?? null
    if (answer instanceof Error) throw answer
    return answer
  }
  const driver = new UploadDriver({
    endpoint: { server: 'https://example.com', id: 'x', token: 't' },
    setup: { mode: 'live', rungs: ['websocket'], created: true, takes: [] },
    openers: {
      webtransport: notHere,
      websocket: (_endpoint, handlers) => {
        server = handlers
        return { rung: 'websocket', bufferedBytes: 0, send, close: () => undefined }
      },
      http: notHere,
    },
    source: { ...SOURCE, readChunk },
    timer: { set: () => undefined, clear: () => undefined },
    onStep: (_state, effects) => {
      for (const one of effects) told.push('code' in one ? `${one.type} ${one.code}` : one.type)
    },
  })
  driver.dispatch({ type: 'take', take: 0 })
  const hear = (value: Frame) => server?.frame(value)
  const life = { pingMs: 3_000, graceMs: 10_000 }
  const welcome = { status: 'recording', version: 0, have: {}, limits: LIMITS, ...life }
  hear(jsonFrame(FRAME.WELCOME, welcome))
  hear(frame(FRAME.ACK, { take: 0, flags: FLAG.ackTake }))
  for (const seq of answers.keys()) driver.dispatch({ type: 'captured', take: 0, seq })
  await vi.advanceTimersByTimeAsync(3_500)
  driver.end()
  return { sent, told }
}

it('asks the buffer again for what it did not give out at once', async () => {
  const busy = new DOMException('busy', 'UnknownError')
  expect(await sentWhen([[busy, null, ROW]])).toEqual({ sent: [0], told: [] })
})

it('calls a chunk lost only when the buffer goes on saying that it is gone', async () => {
  const { told } = await sentWhen([[null, null, null, null]])
  expect(told).toEqual(['error chunk_lost', 'setAside chunk_lost'])
  const busy = new DOMException('busy', 'UnknownError')
  expect((await sentWhen([[busy, busy, busy, busy]])).told).toEqual(['error chunk_unreadable'])
})
