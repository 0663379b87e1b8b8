// Owns the WebSocket rung: one binary message is one frame. HELLO goes out as soon as it opens.
import {
  CHUNK_HEAD_BYTES,
  decodeFrame,
  encodeFrame,
  FRAME,
  type Frame,
  HEAD_BYTES,
  HoldfastError,
  jsonFrame,
  LIMITS,
} from '@holdfast/protocol'
import type { Endpoint, Transport, TransportHandlers } from './transport.ts'
import { failureOfClose, NO_ANSWER } from './transport.ts'

export function openWebSocket(endpoint: Endpoint, handlers: TransportHandlers): Transport {
  return new WebSocketTransport(endpoint, handlers)
}

class WebSocketTransport implements Transport {
  readonly rung = 'websocket'
  readonly #socket: WebSocket
  /** Each frame is written here and copied by `send`: fresh memory for each costs the page more than the copying. */
  readonly #space = new ArrayBuffer(HEAD_BYTES + CHUNK_HEAD_BYTES + LIMITS.splitChunkBytes)
  #ended = false

  constructor({ server, id, token }: Endpoint, handlers: TransportHandlers) {
    const url = new URL(`/api/recordings/${id}/socket`, server)
    url.protocol = url.protocol.replace('http', 'ws')
    this.#socket = new WebSocket(url, 'holdfast.v1')
    this.#socket.binaryType = 'arraybuffer'
    this.#socket.onopen = () => {
      this.send([jsonFrame(FRAME.HELLO, { v: 1, recording: id, token })])
    }
    this.#socket.onmessage = ({ data }) => this.#read(data, handlers)
    this.#socket.onclose = ({ code }) => {
      if (this.#ended) return
      this.#ended = true
      handlers.closed(failureOfClose(code))
    }
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }

  send(frames: readonly Frame[]): void {
    // After the end nothing is queued: whoever sends learns of it by `closed` and the missing ACK.
    if (this.#socket.readyState !== WebSocket.OPEN) return
    for (const frame of frames) this.#socket.send(encodeFrame(frame, this.#space))
  }

  close(): void {
    this.#ended = true
    this.#socket.close()
  }

  #read(data: unknown, handlers: TransportHandlers): void {
    if (this.#ended || !(data instanceof ArrayBuffer)) return
    try {
      handlers.frame(decodeFrame(new Uint8Array(data)))
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error
      // Not our server, or a proxy's page: as good as no connection.
      this.close()
      handlers.closed(NO_ANSWER)
    }
  }
}
