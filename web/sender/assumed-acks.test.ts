import { LIMITS, type SeqRange, type TakeRanges } from '@holdfast/protocol'
import { describe, expect, it } from 'vitest'
import { Bench } from './uploader-bench.ts'
import type { Incoming } from './uploader-state.ts'

/** Of six chunks of an earlier visit only the last is here: the others count as acked. */
const earlier = (rung: 'websocket' | 'http') => {
  const acked: readonly SeqRange[] = [[0, 4]]
  const takes = [{ take: 0, wire: 2, captured: 6, acked, stuck: [] }]
  return new Bench({ mode: 'drain', rungs: [rung], takes }).feed(
    { type: 'stop', reason: 'error' },
    { type: 'tick' },
  )
}

const welcome = (have: TakeRanges, more?: true): Incoming => {
  const rest = { version: 0, limits: LIMITS, pingMs: 3_000, graceMs: 10_000, ...(more && { more }) }
  return { type: 'welcome', welcome: { status: 'recording', have, ...rest } }
}
const ack = (of: 'take' | 'chunk' | 'finish', seq = 0): Incoming => ({
  type: 'ack',
  of,
  take: 2,
  seq,
})
const missing = (ranges: SeqRange[]): Incoming => {
  return { type: 'missing', missing: { id: 'x', missing: { 2: ranges } } }
}

/** The one chunk that is here goes out and is acknowledged; then the stop. */
function sendTheRest(bench: Bench): Bench {
  return bench.hear(ack('take')).load().hear(ack('chunk', 5))
}

const lostOf = (bench: Bench) =>
  bench.effects.flatMap((effect) => (effect.type === 'setAside' ? [[effect.seq, effect.code]] : []))

describe('what is assumed to be on the server', () => {
  it('is lost when WELCOME does not list it, and the recording is not called safe', () => {
    const bench = earlier('websocket').hear(welcome({ 2: [[0, 2]] }))
    expect(lostOf(bench)).toEqual([
      [3, 'chunk_lost'],
      [4, 'chunk_lost'],
    ])
    sendTheRest(bench).hear(ack('finish'))
    expect(bench.effects).toContainEqual({ type: 'partial', chunks: 2 })
    expect(bench.has('safe')).toBe(false)
  })

  it('is confirmed when WELCOME lists it, once and for all', () => {
    const bench = earlier('websocket').hear(welcome({ 2: [[0, 4]] }))
    expect(lostOf(bench)).toEqual([])
    sendTheRest(bench).hear(missing([[1, 1]]), ack('finish'))
    expect(lostOf(bench)).toEqual([])
    expect(bench.has('safe')).toBe(true)
  })

  it('is not doubted because of a list that was cut, but because of the holes that are named', () => {
    const bench = earlier('http').hear(welcome({}, true))
    expect(lostOf(bench)).toEqual([])
    sendTheRest(bench).hear(missing([[3, 9]]), ack('finish'))
    expect(lostOf(bench)).toEqual([
      [3, 'chunk_lost'],
      [4, 'chunk_lost'],
    ])
    expect(bench.effects).toContainEqual({ type: 'partial', chunks: 2 })
  })
})
