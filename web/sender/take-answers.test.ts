// What the uploader does with the answers to a TAKE.
import { LIMITS } from '@holdfast/protocol'
import { expect, it } from 'vitest'
import { step } from './uploader.ts'
import {
  type Effect,
  type Incoming,
  newUploader,
  type Uploader,
  type UploaderEvent,
} from './uploader-state.ts'
import { nextWakeAt } from './wake.ts'

const WELCOME: Incoming = {
  type: 'welcome',
  welcome: { status: 'recording', version: 0, have: {}, limits: LIMITS, pingMs: 3e3, graceMs: 1e4 },
}
const nack = (code: 'unavailable' | 'take_conflict', take: number): Incoming => {
  return { type: 'nack', take, seq: 0, code, retry: code === 'unavailable' }
}

/** A connected uploader and everything it has asked for. */
class Bench {
  state: Uploader = newUploader({ mode: 'live', rungs: ['websocket'], created: true, takes: [] })
  now = 0
  readonly effects: Effect[] = []

  constructor() {
    this.feed({ type: 'tick' })
    this.hear(WELCOME)
  }

  feed(event: UploaderEvent): void {
    const next = step(this.state, event, this.#env())
    this.state = next.state
    this.effects.push(...next.effects)
  }

  hear(frame: Incoming): void {
    this.feed({ type: 'frame', conn: this.state.conn, frame })
  }

  wakeAt(): number {
    return nextWakeAt(this.state, this.#env()) ?? Number.POSITIVE_INFINITY
  }

  /** Numbers on the wire of the TAKEs sent so far. */
  get takesSent(): number[] {
    const frames = this.effects.flatMap((effect) => (effect.type === 'send' ? effect.frames : []))
    return frames.flatMap((frame) => (frame.kind === 'take' ? [frame.wire] : []))
  }

  #env() {
    return { now: this.now, random: 0.999, bufferedBytes: 0 }
  }
}

it('sends a TAKE that the server cannot store now again after a pause, and wakes up for it', () => {
  const bench = new Bench()
  bench.feed({ type: 'take', take: 0 })
  bench.hear(nack('unavailable', 0))
  expect(bench.takesSent).toEqual([0])
  expect(bench.state.holdUntil).toBeGreaterThan(0)
  expect(bench.wakeAt()).toBe(bench.state.holdUntil)
  bench.now = bench.state.holdUntil
  bench.feed({ type: 'tick' })
  expect(bench.takesSent).toEqual([0, 0])
})

it('keeps the number of every take that does not lie on the wire under its own', () => {
  const bench = new Bench()
  bench.feed({ type: 'take', take: 0 })
  bench.hear(nack('take_conflict', 0))
  bench.hear({ type: 'ack', of: 'take', take: 1, seq: 0 })
  bench.feed({ type: 'captured', take: 1, seq: 0 })
  expect(bench.takesSent).toEqual([0, 1, 2])
  expect(bench.effects.filter(({ type }) => type === 'renumber')).toEqual([
    { type: 'renumber', take: 0, wire: 1 },
    { type: 'renumber', take: 1, wire: 2 },
  ])
})
