// Recorders that speak protocol v1, over WebSocket and over HTTP. The hash of the one chunk they repeat is made
// once: what a browser pays for it is not what is measured here.
import { createHash, randomUUID } from 'node:crypto'
import {
  chunkFrame,
  decodeFrame,
  encodeFrame,
  encodeStreamed,
  FLAG,
  FRAME,
  type Frame,
  jsonFrame,
  newToken,
  readJson,
} from '@holdfast/protocol'
import { CHUNK_BYTES, type Recorder } from './load.ts'

const bytes = new Uint8Array(CHUNK_BYTES).fill(7)
const sha256 = createHash('sha256').update(bytes).digest()

const nextChunk = (seq: number): Frame =>
  chunkFrame({ take: 0, seq, aligned: true, sha256, clusterMs: null, endMs: null, bytes })

function takeFrame(): Frame {
  const startedAt = new Date().toISOString()
  return jsonFrame(FRAME.TAKE, { mimeType: 'application/octet-stream', startedAt, init: null })
}

type Created = { id: string; token: string }

async function createRecording(url: string): Promise<Created> {
  const body = { id: randomUUID(), token: newToken() }
  const answer = await fetch(`${url}/api/recordings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (answer.status !== 201) throw new Error(`create: ${answer.status} ${await answer.text()}`)
  return body
}

type Waiting = { resolve: () => void; reject: (error: Error) => void }

/** What a socket is waiting for, by what the server will say. */
class Awaited {
  readonly #waiting = new Map<string, Waiting>()
  #failure: Error | null = null

  expect(what: string): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => this.#waiting.set(what, { resolve, reject }))
  }

  arrived(what: string): void {
    this.#waiting.get(what)?.resolve()
    this.#waiting.delete(what)
  }

  fail(error: Error): void {
    this.#failure = error
    for (const { reject } of this.#waiting.values()) reject(error)
  }
}

function readAnswer(awaited: Awaited, value: Frame): void {
  if (value.type === FRAME.WELCOME) awaited.arrived('welcome')
  else if (value.type === FRAME.ACK) {
    awaited.arrived((value.flags & FLAG.ackTake) !== 0 ? 'take' : `chunk ${value.seq}`)
  } else if (value.type === FRAME.NACK || value.type === FRAME.ERROR) {
    awaited.fail(new Error(JSON.stringify(readJson(value))))
  }
}

export async function openSocketRecorder(url: string): Promise<Recorder> {
  const { id, token } = await createRecording(url)
  const address = `${url.replace('http', 'ws')}/api/recordings/${id}/socket`
  const socket = new WebSocket(address, 'holdfast.v1')
  socket.binaryType = 'arraybuffer'
  const awaited = new Awaited()
  socket.onmessage = ({ data }) => readAnswer(awaited, decodeFrame(new Uint8Array(data)))
  socket.onclose = ({ code, reason }) => awaited.fail(new Error(`closed: ${code} ${reason}`))
  socket.onopen = () => awaited.arrived('open')
  await awaited.expect('open')
  const ask = (value: Frame, what: string): Promise<void> => {
    const answer = awaited.expect(what)
    socket.send(encodeFrame(value))
    return answer
  }
  await ask(jsonFrame(FRAME.HELLO, { v: 1, recording: id, token }), 'welcome')
  await ask(takeFrame(), 'take')
  let seq = 0
  return {
    send: () => ask(nextChunk(seq), `chunk ${seq++}`),
    close: () => closed(socket),
  }
}

function closed(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.onclose = () => resolve()
    socket.close()
  })
}

export async function openHttpRecorder(url: string): Promise<Recorder> {
  const { id, token } = await createRecording(url)
  const post = async (value: Frame): Promise<void> => {
    const answer = await fetch(`${url}/api/recordings/${id}/frames`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: encodeStreamed(value),
    })
    const { acks } = (await answer.json()) as { acks?: unknown[] }
    if (value.type === FRAME.CHUNK && acks?.length !== 1)
      throw new Error(`frames: ${answer.status}`)
  }
  await post(takeFrame())
  let seq = 0
  return { send: () => post(nextChunk(seq++)), close: () => Promise.resolve() }
}
