// What the two listeners (Bun, Node) have in common: everything else of the server knows neither.
import type { WireLimits } from '@holdfast/protocol'
import type { Context, Hono } from 'hono'
import type { FrameSink, SocketSession } from '../ingest/frame-sink.ts'

/** The subprotocol of the WebSocket (protocol §3). */
export const SUBPROTOCOL = 'holdfast.v1'

/** A WebSocket that says nothing and answers no ping for this long is gone. */
export const SOCKET_SILENCE_S = 120

/**
 * Bytes that may wait in one socket, beyond what the session holds itself. An ack is 8 bytes; the largest
 * frame is WELCOME.
 */
export const SOCKET_BACKLOG_BYTES = 8 * 1024 * 1024

/** Upgrades the request; `open` is called with the connection once it is a WebSocket. */
export type UpgradeSocket = (
  c: Context,
  open: (sink: FrameSink) => SocketSession,
) => Response | Promise<Response>

export type ListenOptions = {
  readonly host: string
  readonly port: number
  readonly limits: WireLimits
  /** Makes the application; the listener says how it upgrades sockets. */
  readonly makeApp: (upgrade: UpgradeSocket) => Hono
}

export interface Listener {
  /** The port in fact, where 0 was asked for. */
  readonly port: number
  /** Takes no new connections from now on; resolves when the running requests are answered. */
  drain(): Promise<void>
  /** Ends what is left. */
  close(): Promise<void>
}

export type Listen = (options: ListenOptions) => Promise<Listener>

/** Whether the client offers our subprotocol. */
export function offersSubprotocol(header: string | null | undefined): boolean {
  return (header ?? '').split(',').some((name) => name.trim() === SUBPROTOCOL)
}

/**
 * The longest message that the transport lets through: twice the longest frame, so that a frame that is too
 * long gets its answer from the session instead of a bare close.
 */
export function maxMessageBytes(longestFrame: number): number {
  return 2 * longestFrame
}
