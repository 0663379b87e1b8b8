import { decodeFrame, FRAME, frame } from '@holdfast/protocol'
import { describe, expect, test } from 'vitest'
import type { FrameSink, SendResult } from './frame-sink.ts'
import { Outbox } from './outbox.ts'

const LARGE = new Uint8Array(100_000)

/** A connection that answers each send with the next of `results`, then always `sent`. */
function connection(...results: SendResult[]) {
  const handed: number[] = []
  let broken = 0
  const sink: FrameSink = {
    send: (bytes) => {
      const result = results.shift() ?? 'sent'
      if (result !== 'dropped') handed.push(decodeFrame(bytes).seq)
      return result
    },
    ping: () => undefined,
    close: () => undefined,
  }
  const outbox = new Outbox(sink, () => {
    broken += 1
  })
  const send = (...seqs: number[]) => {
    for (const seq of seqs) outbox.send(frame(FRAME.PONG, { seq }))
  }
  return { outbox, send, handed, broken: () => broken }
}

describe('frames on their way to a socket', () => {
  test('go out at once while the connection takes them', () => {
    const { send, handed } = connection()
    send(1, 2, 3)
    expect(handed).toEqual([1, 2, 3])
  })

  test('wait while it is full, and go out in order when it drains, each once', () => {
    const { outbox, send, handed } = connection('sent', 'queued')
    send(1, 2, 3, 4)
    expect(handed).toEqual([1, 2])
    outbox.drain()
    send(5)
    expect(handed).toEqual([1, 2, 3, 4, 5])
  })

  test('keep their order when it fills up again in the middle of a drain', () => {
    const { outbox, send, handed } = connection('queued', 'sent', 'queued', 'sent')
    send(1, 2, 3, 4, 5)
    outbox.drain()
    expect(handed).toEqual([1, 2, 3])
    send(6)
    expect(handed).toEqual([1, 2, 3])
    outbox.drain()
    expect(handed).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('end the connection when one is dropped: an ack never vanishes in silence', () => {
    const { send, broken } = connection('sent', 'dropped')
    send(1)
    expect(broken()).toBe(0)
    send(2)
    expect(broken()).toBe(1)
  })

  test('end the connection when too many wait for a reader that has stopped', () => {
    const { outbox, send, broken } = connection('queued')
    send(1)
    for (let i = 0; i < 41; i++) outbox.send(frame(FRAME.EVENT, { payload: LARGE }))
    expect(broken()).toBe(0)
    outbox.send(frame(FRAME.EVENT, { payload: LARGE }))
    expect(broken()).toBe(1)
  })
})
