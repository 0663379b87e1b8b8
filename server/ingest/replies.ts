// What a session says, whatever the transport: frames on a socket, a JSON body on HTTP.
import type { ErrorBody, HoldfastEvent, Welcome } from '@holdfast/protocol'

export type Acked = 'chunk' | 'take' | 'finish'

export interface Replies {
  welcome(body: Welcome): void
  /** Only the session calls this, and only after the ledger's COMMIT. */
  ack(kind: Acked, take: number, seq: number): void
  nack(take: number, seq: number, body: ErrorBody): void
  pong(seq: number): void
  event(event: HoldfastEvent): void
}
