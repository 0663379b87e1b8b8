// A recorder as a stranger would write it from the protocol's page: a plain WebSocket and fetch.
import { randomBytes, randomUUID } from 'node:crypto'
import { waitFor } from './wait-for.ts'
import { WireConnection } from './wire-connection.ts'
import { type Bytes, hello, parse, TYPE } from './wire-frames.ts'

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

export class WireSocket extends WireConnection {
  readonly #socket: WebSocket

  private constructor(socket: WebSocket) {
    super()
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
