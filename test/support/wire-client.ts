// A recorder as a stranger would write it from the protocol's page: a plain WebSocket and fetch.
import { randomBytes, randomUUID } from 'node:crypto'
import { waitFor } from './wait-for.ts'
import { type Bytes, hello, jsonOf, parse, TYPE, type WireFrame } from './wire-frames.ts'

export type Made = { readonly id: string; readonly token: string }

export type Ranges = { [take: string]: [number, number][] }

export type WelcomeBody = {
  status: string
  version: number
  have: Ranges
  more?: boolean
  limits: { maxChunkBytes: number; maxBodyBytes: number; window: number; windowBytes: number }
  pingMs: number
  graceMs: number
}

export type Answer<T = Record<string, unknown>> = { status: number; headers: Headers; body: T }

type FramesRequest = { token?: string | null; type?: string; signal?: AbortSignal | null }

export type FramesBody = {
  status: string
  version: number
  acks: [number, number][]
  nacks: { take: number; seq: number; code: string; retry: boolean }[]
  missing: Ranges
  error?: { code: string; message: string; retry: boolean }
}

export class WireSocket {
  readonly frames: WireFrame[] = []
  readonly #socket: WebSocket
  closeCode: number | null = null

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    socket.onmessage = ({ data }) => this.frames.push(parse(new Uint8Array(data as ArrayBuffer)))
    socket.onclose = ({ code }) => {
      this.closeCode = code
    }
  }

  /** Resolves when the upgrade succeeded; rejects when it was refused or nobody answers. */
  static async open(url: string, id: string, timeoutMs = 30_000): Promise<WireSocket> {
    const address = `${url.replace('http', 'ws')}/api/recordings/${id}/socket`
    const socket = new WebSocket(address, 'holdfast.v1')
    const client = new WireSocket(socket)
    const refused = () => new Error(`the upgrade of ${id} was refused`)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    socket.onopen = () => resolve()
    socket.onerror = () => reject(refused())
    socket.addEventListener('close', () => reject(refused()))
    const timer = setTimeout(() => {
      socket.close()
      reject(new Error(`the upgrade of ${id} was not answered`))
    }, timeoutMs)
    await promise.finally(() => clearTimeout(timer))
    socket.onerror = () => undefined
    return client
  }

  /** Opened, HELLO sent, WELCOME received. */
  static async greet(url: string, { id, token }: Made, timeoutMs?: number): Promise<WireSocket> {
    const client = await WireSocket.open(url, id, timeoutMs)
    try {
      client.send(hello(id, token))
      await client.next(TYPE.WELCOME)
      return client
    } catch (error) {
      client.close()
      throw error
    }
  }

  get protocol(): string {
    return this.#socket.protocol
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN
  }

  send(...frames: readonly Bytes[]): void {
    for (const one of frames) this.#socket.send(one)
  }

  sendText(text: string): void {
    this.#socket.send(text)
  }

  close(): void {
    this.#socket.close()
  }

  of(type: number): WireFrame[] {
    return this.frames.filter((one) => one.type === type)
  }

  /** The n-th frame of this type, once it is there. Rejects when the connection ends without it. */
  async next(type: number, at = 0): Promise<WireFrame> {
    const what = `frame 0x${type.toString(16)} number ${at}`
    const has = () => this.of(type).length > at
    await waitFor(what, () => has() || this.closeCode !== null, { everyMs: 5 })
    const found = this.of(type)[at]
    if (!found) throw new Error(`closed with ${this.closeCode} before ${what}`)
    return found
  }

  async nextJson<T = Record<string, unknown>>(type: number, at = 0): Promise<T> {
    return jsonOf<T>(await this.next(type, at))
  }

  /** The n-th EVENT of this kind. */
  event(type: string, at = 0): Promise<Record<string, unknown>> {
    const found = () => this.#events().filter((one) => one.type === type)[at]
    return waitFor(`event ${type}`, found, { everyMs: 10 })
  }

  /** The first status event that tells this status. */
  status(status: string): Promise<Record<string, unknown>> {
    const isIt = (one: Record<string, unknown>) => one.type === 'status' && one.status === status
    return waitFor(`status ${status}`, () => this.#events().find(isIt), { everyMs: 10 })
  }

  #events(): Record<string, unknown>[] {
    return this.of(TYPE.EVENT).map((one) => jsonOf(one))
  }

  /** The types of all EVENTs so far, in order. */
  get heard(): unknown[] {
    return this.#events().map((one) => one.type)
  }

  /** Every frame so far as `ack 0/3`, `nack 0/1 take_unknown`, `take 0`, `finish`, `pong 7`. */
  get answers(): string[] {
    return this.frames.flatMap((one) => describe(one))
  }

  /** Waits until these answers are all there. */
  async until(...answers: readonly string[]): Promise<void> {
    const missing = () => answers.filter((one) => !this.answers.includes(one))
    await waitFor(answers.join(), () => missing().length === 0, { everyMs: 5 })
  }

  /** The close code, once the server has closed. */
  async closed(): Promise<number> {
    await waitFor('the close', () => this.closeCode !== null, { everyMs: 5 })
    return this.closeCode ?? 0
  }
}

/** ACK: flags bit 0 = of a TAKE, bit 1 = of a FINISH, both clear = of a CHUNK or CHECK. */
function describe(one: WireFrame): string[] {
  const { type, flags, take, seq } = one
  if (type === TYPE.ACK) {
    if (flags & 1) return [`take ${take}`]
    return [flags & 2 ? 'finish' : `ack ${take}/${seq}`]
  }
  if (type === TYPE.NACK) return [`nack ${take}/${seq} ${String(jsonOf(one).code)}`]
  if (type === TYPE.PONG) return [`pong ${seq}`]
  return []
}

export class WireHttp {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /** A new recording, its id and token made here as an offline recorder makes them. */
  async create(parts: Record<string, unknown> = {}): Promise<Made> {
    const made = { id: randomUUID(), token: randomBytes(24).toString('base64url') }
    const answer = await this.call('POST', '/api/recordings', JSON.stringify({ ...made, ...parts }))
    if (answer.status !== 201) throw new Error(`create: ${JSON.stringify(answer)}`)
    return made
  }

  async call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body: BodyInit | null = null,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    return await this.#ask(path, { method, body, headers })
  }

  async #ask<T>(path: string, request: RequestInit): Promise<Answer<T>> {
    const response = await fetch(`${this.#url}${path}`, request)
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: parseBody<T>(text) }
  }

  /** POST …/frames with the token in the header, unless `token` is null. */
  frames(
    { id }: Pick<Made, 'id'>,
    body: Bytes,
    { token = null, type = 'application/octet-stream', signal = null }: FramesRequest = {},
  ): Promise<Answer<FramesBody>> {
    const headers = { 'Content-Type': type, ...bearer(token) }
    return this.#ask(`/api/recordings/${id}/frames`, { method: 'POST', body, headers, signal })
  }

  put(
    { id, token }: Made,
    at: { take: number | string; seq: number | string },
    body: Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<Answer<Record<string, unknown> & { error?: { code: string } }>> {
    const path = `/api/recordings/${id}/chunks/${at.take}/${at.seq}`
    const all = { 'Content-Type': 'video/webm', ...bearer(token), ...headers }
    return this.call('PUT', path, new Uint8Array(body), all)
  }

  view({ id, token }: Made): Promise<Answer<RecordingBody>> {
    return this.call('GET', `/api/recordings/${id}`, null, bearer(token))
  }

  async media({ id, token }: Made, query = ''): Promise<Bytes> {
    const response = await fetch(`${this.#url}/api/recordings/${id}/media${query}`, {
      headers: bearer(token),
    })
    if (!response.ok) throw new Error(`media: ${response.status} ${await response.text()}`)
    return new Uint8Array(await response.arrayBuffer())
  }

  /** Waits until the recording is in this status, at this version or later. */
  async untilStatus(
    made: Made,
    status: string,
    version = 0,
    timeoutMs = 15_000,
  ): Promise<RecordingBody> {
    let last: unknown
    const probe = async () => {
      const { body } = await this.view(made)
      last = body
      return body.status === status && body.version >= version ? body : null
    }
    return await waitFor(`${status} v${version}`, probe, { timeoutMs }).catch((cause: unknown) => {
      throw new Error(`not ${status} v${version} but ${JSON.stringify(last)}`, { cause })
    })
  }
}

export type RecordingBody = {
  id: string
  status: string
  version: number
  reason: string | null
  durationMs: number | null
  bytes: number
  gaps: { take: number; fromSeq: number; toSeq: number }[]
  mediaUrl: string
  takes: {
    take: number
    mimeType: string
    chunks: number
    bytes: number
    missing: unknown[]
    mediaUrl: string
  }[]
  versions: { version: number; status: string }[]
}

export const bearer = (token: string | null): Record<string, string> =>
  token === null ? {} : { Authorization: `Bearer ${token}` }

function parseBody<T>(text: string): T {
  try {
    return JSON.parse(text) as T
  } catch {
    return { text } as T
  }
}
