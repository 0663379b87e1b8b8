import { FLAG, FRAME, frame, HoldfastError, jsonFrame } from '@holdfast/protocol'
import { expect, it } from 'vitest'
import { readIncoming } from './incoming.ts'

it('tells the ACK of a TAKE and of a FINISH from that of a chunk', () => {
  const at = { take: 2, seq: 7 }
  expect(readIncoming(frame(FRAME.ACK, at))).toEqual({ type: 'ack', of: 'chunk', ...at })
  const take = frame(FRAME.ACK, { take: 2, flags: FLAG.ackTake })
  expect(readIncoming(take)).toEqual({ type: 'ack', of: 'take', take: 2, seq: 0 })
  const finish = frame(FRAME.ACK, { flags: FLAG.ackFinish })
  expect(readIncoming(finish)).toEqual({ type: 'ack', of: 'finish', take: 0, seq: 0 })
})

it('ignores frames and flags that it does not know', () => {
  expect(readIncoming({ ...frame(FRAME.PONG), type: 0x99 })).toEqual({ type: 'other' })
  const odd = frame(FRAME.ACK, { take: 1, seq: 1, flags: 0x80 })
  expect(readIncoming(odd)).toMatchObject({ type: 'ack', of: 'chunk' })
  expect(readIncoming(jsonFrame(FRAME.EVENT, { type: 'failed' }))).toEqual({ type: 'failed' })
})

it('throws its own error for a payload that is not JSON', () => {
  const broken = frame(FRAME.WELCOME, { payload: new Uint8Array([0xff, 0x00]) })
  expect(() => readIncoming(broken)).toThrow(HoldfastError)
})
