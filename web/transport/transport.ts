// Owns what a rung is: it moves frames, says when it ended, and knows nothing of takes or windows.
import type { ErrorCode, Frame } from '@holdfast/protocol'

export type Rung = 'webtransport' | 'websocket' | 'http'

/** Why a call or a connection ended. */
export type Failure = {
  /** As the server said; null when nothing was heard (network, time-out, plain close). */
  readonly code: ErrorCode | null
  /** Retry-After; null when the server named none. */
  readonly retryAfterMs: number | null
}

export const NO_ANSWER: Failure = { code: null, retryAfterMs: null }

/** Protocol §2 rule 9, for the case that the ERROR frame did not arrive. */
const CLOSE_CODES: Readonly<Record<number, ErrorCode>> = {
  4400: 'bad_frame',
  4401: 'token_invalid',
  4404: 'recording_unknown',
  4409: 'window_exceeded',
  4410: 'recording_deleted',
  4503: 'unavailable',
}

export function failureOfClose(code: number | undefined): Failure {
  return { ...NO_ANSWER, code: CLOSE_CODES[code ?? 0] ?? null }
}

export type TransportHandlers = {
  /** A frame from the server, WELCOME first. */
  frame(frame: Frame): void
  /** The end, exactly once, unless `close` was called. Nothing follows it. */
  closed(failure: Failure): void
}

/** Everything that a rung needs to say HELLO. */
export type Endpoint = {
  readonly server: string
  readonly id: string
  readonly token: string
}

export interface Transport {
  readonly rung: Rung
  /** Bytes accepted by `send` that have not left the page yet. */
  readonly bufferedBytes: number
  /** Queues frames in order. No promise that they arrive: only the server's ACK says so. */
  send(frames: readonly Frame[]): void
  /** Ends it; the handlers are not called any more. */
  close(): void
}

/** Begins to open a rung and says HELLO by itself; WELCOME comes by `handlers.frame`. */
export type OpenTransport = (endpoint: Endpoint, handlers: TransportHandlers) => Transport
