// JSON payloads as such: text in, value out. What they must contain is checked in `messages`, which a
// browser need not load: it reads only what its server wrote.
import { type ErrorBody, HoldfastError } from './errors.ts'
import { type Frame, type FrameType, frame } from './frames.ts'
import type { HoldfastEvent, Welcome } from './messages.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/** A frame whose payload is JSON. */
export function jsonFrame(
  type: FrameType,
  body: unknown,
  parts: Pick<Partial<Frame>, 'flags' | 'take' | 'seq'> = {},
): Frame {
  return frame(type, { ...parts, payload: encoder.encode(JSON.stringify(body)) })
}

/** @throws HoldfastError `bad_frame` when the payload is not JSON text */
export function readJson(value: Frame): unknown {
  try {
    return JSON.parse(decoder.decode(value.payload))
  } catch (cause) {
    throw new HoldfastError('bad_frame', { message: 'The payload is not JSON.', cause })
  }
}

/** What the server sends, read by the client: shapes are the server's word and not re-checked. */
export function readServerJson<T extends Welcome | HoldfastEvent | ErrorBody>(value: Frame): T {
  return readJson(value) as T
}
