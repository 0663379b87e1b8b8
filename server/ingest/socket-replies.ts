// A session's words as frames.
import {
  type ErrorBody,
  FLAG,
  FRAME,
  type Frame,
  frame,
  type HoldfastEvent,
  jsonFrame,
  type Welcome,
} from '@holdfast/protocol'
import type { Acked, Replies } from './replies.ts'

const ACK_FLAGS: Record<Acked, number> = { chunk: 0, take: FLAG.ackTake, finish: FLAG.ackFinish }

export function socketReplies(send: (value: Frame) => void): Replies {
  return {
    welcome: (body: Welcome) => send(jsonFrame(FRAME.WELCOME, body)),
    ack: (kind, take, seq) => send(frame(FRAME.ACK, { flags: ACK_FLAGS[kind], take, seq })),
    nack: (take, seq, body: ErrorBody) => send(jsonFrame(FRAME.NACK, body, { take, seq })),
    pong: (seq) => send(frame(FRAME.PONG, { seq })),
    event: (event: HoldfastEvent) => send(jsonFrame(FRAME.EVENT, event)),
  }
}
