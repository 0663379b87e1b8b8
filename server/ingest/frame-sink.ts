// What a session needs of the connection it answers on. Implemented by the listeners (Bun, Node) and by
// WebTransport; a sink must never lose a frame in silence: it says so, and the session closes.
import type { Frame, HoldfastError } from '@holdfast/protocol'

/**
 * What became of a frame:
 * `sent` handed to the kernel · `queued` accepted, will go out, stop sending until `onDrain` ·
 * `dropped` not accepted and gone: the connection must be closed, since an ack may not vanish.
 */
export type SendResult = 'sent' | 'queued' | 'dropped'

export interface FrameSink {
  send(bytes: Uint8Array): SendResult
  /** A WebSocket ping; the browser answers it even when its page's timers are throttled. */
  ping(): void
  /** Sends the close frame; nothing is sent afterwards. Idempotent. */
  close(code: number, reason: string): void
}

/** What a listener tells a session about its connection. */
export interface SocketSession {
  /** One binary message = one frame; text messages are `bad_frame` (pass null). */
  onMessage(bytes: Uint8Array | null): void
  onPong(): void
  /** The sink takes frames again after `queued`. */
  onDrain(): void
  onClose(): void
}

/** The same where a frame stream is read instead of messages. */
export interface StreamSession {
  onFrame(value: Frame): void
  /** What came is no frame stream. */
  onFault(error: HoldfastError): void
  /** The peer sends no more, but reads on: it gets the answers that are due, then the end. */
  onFinished(): Promise<void>
  onDrain(): void
  onClose(): void
}
