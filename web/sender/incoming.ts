// Owns the reading of the server's frames into the uploader's words. Unknown types and events are ignored
// (protocol §2 rule 9).
import {
  type ErrorBody,
  FLAG,
  FRAME,
  type Frame,
  type HoldfastEvent,
  readServerJson,
  type Welcome,
} from '@holdfast/protocol'
import type { Incoming } from './uploader-state.ts'

/** @throws HoldfastError `bad_frame` when a JSON payload is none */
export function readIncoming(frame: Frame): Incoming {
  const { take, seq, flags } = frame
  switch (frame.type) {
    case FRAME.WELCOME:
      return { type: 'welcome', welcome: readServerJson<Welcome>(frame) }
    case FRAME.ACK:
      // Both bits clear means a CHUNK or a CHECK: test them first.
      if (flags & FLAG.ackTake) return { type: 'ack', of: 'take', take, seq }
      if (flags & FLAG.ackFinish) return { type: 'ack', of: 'finish', take, seq }
      return { type: 'ack', of: 'chunk', take, seq }
    case FRAME.NACK: {
      const { code, retry } = readServerJson<ErrorBody>(frame)
      return { type: 'nack', take, seq, code, retry }
    }
    case FRAME.PONG:
      return { type: 'pong' }
    case FRAME.EVENT:
      return readEvent(readServerJson<HoldfastEvent>(frame))
    case FRAME.ERROR:
      return { type: 'error', code: readServerJson<ErrorBody>(frame).code }
    default:
      return { type: 'other' }
  }
}

function readEvent(event: HoldfastEvent): Incoming {
  if (event.type === 'status') return { type: 'status', status: event.status }
  if (event.type === 'missing') return { type: 'missing', missing: event }
  if (event.type === 'ready') return { type: 'ready', ready: event }
  if (event.type === 'failed' || event.type === 'deleted') return { type: event.type }
  return { type: 'other' }
}
