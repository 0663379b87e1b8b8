// What the uploader does when it is refused, not answered, or on a rung that fails.
import { describe, expect, it } from 'vitest'
import { Bench, closed } from './uploader-bench.ts'
import { nextWakeAt } from './wake.ts'

describe('refusals', () => {
  it('announces the take again when it is unknown, then sends the chunk again', () => {
    const bench = new Bench().recording(1).nack(0, 'take_unknown', true)
    expect(bench.sentKinds).toEqual(['take'])
    bench.hear({ type: 'ack', of: 'take', take: 0, seq: 0 })
    expect(bench.load().sentKinds).toEqual(['chunk'])
  })

  it('goes on with the next free number when the take exists with another header', () => {
    const bench = new Bench().feed({ type: 'take', take: 0 }, { type: 'captured', take: 0, seq: 0 })
    bench.welcome().nack(0, 'take_conflict', false)
    expect(bench.effects).toContainEqual({ type: 'renumber', take: 0, wire: 1 })
    expect(bench.sent).toEqual([{ kind: 'take', take: 0, wire: 1 }])
    bench.hear({ type: 'ack', of: 'take', take: 1, seq: 0 })
    expect(bench.load().sent).toEqual([{ kind: 'chunk', take: 0, wire: 1, seq: 0 }])
    bench.feed({ type: 'stop', reason: 'user' })
    bench.hear({ type: 'ack', of: 'chunk', take: 1, seq: 0 })
    expect(bench.sent).toEqual([
      { kind: 'finish', takes: [{ take: 1, chunks: 1 }], reason: 'user' },
    ])
  })

  it.for(['chunk_conflict', 'chunk_too_large'] as const)(
    'sets a chunk aside after %s, keeps its copy and goes on',
    (code) => {
      const bench = new Bench().proven(3).nack(1, code, false)
      expect(bench.effects).toContainEqual({ type: 'error', code, retry: false })
      expect(bench.has('forget')).toBe(false)
      bench.feed({ type: 'stop', reason: 'user' })
      expect(bench.ack(2).sentKinds).toEqual(['finish'])
      // The stop is acknowledged, but one chunk is not: that is never called safe.
      bench.hear({ type: 'ack', of: 'finish', take: 0, seq: 0 })
      expect(bench.effects).toEqual([{ type: 'partial', chunks: 1 }])
    },
  )

  it('moves a take to the next number when its first chunk finds another one there', () => {
    const bench = new Bench().recording(2).nack(0, 'chunk_conflict', false)
    expect(bench.effects).toContainEqual({ type: 'renumber', take: 0, wire: 1 })
    expect(bench.has('error')).toBe(false)
    expect(bench.sent).toEqual([{ kind: 'take', take: 0, wire: 1 }])
    bench.hear({ type: 'ack', of: 'take', take: 1, seq: 0 }).load()
    expect(bench.sent).toMatchObject([{ kind: 'chunk', wire: 1, seq: 0 }])
  })

  it('remembers for later visits what will never be taken, and not what may be taken one day', () => {
    const refused = new Bench().proven(2).nack(1, 'chunk_conflict', false)
    const conflict = { type: 'setAside', take: 0, seq: 1, code: 'chunk_conflict' }
    expect(refused.effects).toContainEqual(conflict)
    const tooLarge = new Bench().recording(1).nack(0, 'chunk_too_large', false)
    expect(tooLarge.has('setAside')).toBe(false)
  })

  it('does not send a chunk that is larger than the server takes, and sends the others', () => {
    const bench = new Bench().recording(0)
    bench.state = { ...bench.state, limits: { ...bench.state.limits, maxChunkBytes: 5_000 } }
    bench.feed({ type: 'captured', take: 0, seq: 0 }, { type: 'captured', take: 0, seq: 1 })
    const chunks = [5_001, 5_000].map((bytes, seq) => ({ take: 0, seq, bytes }))
    bench.feed({ type: 'loaded', chunks, lost: [], unread: [] })
    expect(bench.sent).toEqual([{ kind: 'chunk', take: 0, wire: 0, seq: 1 }])
    expect(bench.effects).toContainEqual({ type: 'error', code: 'chunk_too_large', retry: false })
    expect(bench.has('forget')).toBe(false)
    expect(bench.state.shelf).toEqual([])
  })

  it('holds chunks back after unavailable, keeps the connection, then sends them again', () => {
    const bench = new Bench().recording(1).nack(0, 'unavailable', true)
    expect(bench.load().sent).toEqual([])
    expect(bench.state.link.at).toBe('open')
    const at = nextWakeAt(bench.state, { now: bench.now, random: 0, bufferedBytes: 0 }) ?? 0
    expect(bench.after(at - bench.now).sentKinds).toEqual(['chunk'])
  })

  it('gives a chunk up as damaged only when it was refused three times, and the others go on', () => {
    const bench = new Bench().recording(1)
    for (let strike = 1; strike <= 3; strike += 1) {
      bench.nack(0, 'digest_mismatch', true)
      expect(bench.has('error')).toBe(true)
      if (strike < 3) expect(bench.load().after(4_000).sentKinds).toEqual(['chunk'])
    }
    expect(bench.after(4_000).load().sent).toEqual([])
  })

  it.for(['recording_deleted', 'token_invalid', 'recording_full'] as const)(
    'stops sending for good after %s and forgets nothing',
    (code) => {
      const bench = new Bench().recording(2).hear({ type: 'error', code })
      expect(bench.state.link).toEqual({ at: 'halted', code })
      expect(bench.effects).toContainEqual({ type: 'error', code, retry: false })
      expect(bench.after(60_000).effects).toEqual([])
      expect(bench.feed({ type: 'captured', take: 0, seq: 2 }).has('forget')).toBe(false)
    },
  )

  it('tells when a stored chunk is gone, and finishes with its place in the totals', () => {
    const bench = new Bench().feed({ type: 'take', take: 0 }).welcome()
    bench.hear({ type: 'ack', of: 'take', take: 0, seq: 0 })
    bench.feed({ type: 'captured', take: 0, seq: 0 }, { type: 'stop', reason: 'user' })
    bench.feed({ type: 'loaded', chunks: [], lost: [{ take: 0, seq: 0 }], unread: [] })
    expect(bench.effects).toContainEqual({ type: 'error', code: 'chunk_lost', retry: false })
    expect(bench.effects).toContainEqual({
      type: 'setAside',
      take: 0,
      seq: 0,
      code: 'chunk_lost',
    })
    expect(bench.sent).toMatchObject([{ kind: 'finish', takes: [{ take: 0, chunks: 1 }] }])
    bench.hear({ type: 'ack', of: 'finish', take: 0, seq: 0 })
    expect(bench.effects).toEqual([{ type: 'partial', chunks: 1 }])
  })

  it('puts a chunk that is not read now back, and sets it aside for this visit when that goes on', () => {
    const bench = new Bench().recording(0).feed({ type: 'captured', take: 0, seq: 0 })
    const ref = { take: 0, seq: 0 }
    for (let round = 1; round <= 3; round += 1) {
      expect(bench.state.loading).toEqual([ref])
      bench.feed({ type: 'loaded', chunks: [], lost: [], unread: [ref] })
      const told = { type: 'error', code: 'chunk_unreadable', retry: round < 3 }
      expect(bench.effects).toContainEqual(told)
    }
    expect(bench.state.loading).toEqual([])
    // It is there: the next visit tries again.
    expect(bench.has('setAside')).toBe(false)
  })

  it('counts a chunk that is gone here and that the server says it has as sent by another', () => {
    const bench = new Bench().feed({ type: 'take', take: 0 }).welcome('recording', [[0, 0]])
    bench.hear({ type: 'ack', of: 'take', take: 0, seq: 0 })
    bench.feed({ type: 'captured', take: 0, seq: 0 }, { type: 'stop', reason: 'user' })
    bench.feed({ type: 'loaded', chunks: [], lost: [{ take: 0, seq: 0 }], unread: [] })
    expect(bench.has('error')).toBe(false)
    expect(bench.sentKinds).toEqual(['finish'])
    expect(bench.hear({ type: 'ack', of: 'finish', take: 0, seq: 0 }).effects).toEqual([
      { type: 'safe' },
    ])
  })
})

describe('silence', () => {
  it('reconnects when no answer comes, and sends everything in flight again', () => {
    const bench = new Bench().proven(3)
    expect(bench.after(8_000).has('disconnect')).toBe(true)
    expect(bench.state.flight).toEqual([])
    bench.after(4_000).welcome()
    bench.hear({ type: 'ack', of: 'take', take: 0, seq: 0 }).load()
    expect(bench.sent.map((one) => 'seq' in one && one.seq)).toEqual([1, 2])
  })

  it('does not take a PONG for the missing ACK', () => {
    const bench = new Bench().recording(1)
    for (let s = 0; s < 13; s += 1) bench.after(1_000).hear({ type: 'pong' })
    expect(bench.state.conn).toBeGreaterThan(1)
  })

  it('notices one swallowed answer among many that come', () => {
    const bench = new Bench().proven(2)
    for (let seq = 2; seq < 60 && bench.state.conn === 1; seq += 1) {
      bench.feed({ type: 'captured', take: 0, seq }).load().after(1_000)
      if (bench.state.conn === 1) bench.ack(seq)
    }
    expect(bench.state.conn).toBe(2)
  })

  it('gives a slow link the time it needs: bytes that leave the page count as progress', () => {
    const bench = new Bench()
    bench.bufferedBytes = 900_000
    bench.recording(1)
    for (let s = 0; s < 60; s += 1) {
      bench.bufferedBytes -= 10_000
      bench.after(1_000)
    }
    expect(bench.state.conn).toBe(1)
  })

  it('waits longer after each silence, so that the slowest link gets through in the end', () => {
    const bench = new Bench({ rungs: ['http'] }).recording(1)
    const waits: number[] = []
    for (let i = 0; i < 6; i += 1) {
      const from = bench.now
      while (bench.state.link.at === 'open') bench.after(500)
      waits.push(bench.now - from)
      bench.after(4_000).welcome()
      bench.hear({ type: 'ack', of: 'take', take: 0, seq: 0 })
      bench.load()
    }
    expect(waits.at(-1)).toBeGreaterThanOrEqual(60_000)
  })

  it('says PING while it has nothing else to send, as often as WELCOME wants', () => {
    const bench = new Bench().recording(0)
    let pings = 0
    for (let s = 0; s < 30; s += 1) {
      bench.after(1_000)
      if (!bench.sentKinds.includes('ping')) continue
      pings += 1
      bench.hear({ type: 'pong' })
    }
    expect(pings).toBe(10)
  })
})

describe('rungs', () => {
  it('tries HTTP at once when the WebSocket does not open', () => {
    const bench = new Bench().feed({ type: 'tick' })
    expect(bench.feed(closed(bench.state.conn)).connects).toEqual(['http'])
  })

  it('leaves a WebSocket that opens and then carries nothing', () => {
    const bench = new Bench().recording(0)
    bench.state = { ...bench.state, link: { ...bench.state.link, productive: false } as never }
    expect(bench.feed(closed(bench.state.conn)).connects).toEqual(['http'])
  })

  it('climbs back while HTTP carries the load, and sends what was in flight again', () => {
    const bench = new Bench().feed({ type: 'tick' })
    bench.feed(closed(bench.state.conn)).recording(1)
    const http = bench.state.conn
    bench.after(2_000)
    expect(bench.connects).toEqual(['websocket'])
    expect(bench.welcome().effects).toContainEqual({ type: 'disconnect', conn: http })
    expect(bench.state.link).toMatchObject({ at: 'open', rung: 'websocket' })
    expect(bench.load().sentKinds).toEqual(['chunk'])
  })

  it('goes on at the WebSocket while WebTransport is tried, and changes over when that opens', () => {
    const rungs = ['webtransport', 'websocket', 'http'] as const
    const bench = new Bench({ rungs }).feed({ type: 'tick' })
    expect(bench.connects).toEqual(['websocket'])
    bench.proven(2)
    const socket = bench.state.conn
    expect(bench.after(2_000).connects).toEqual(['webtransport'])
    expect(bench.state.link).toMatchObject({ at: 'open', rung: 'websocket' })
    expect(bench.welcome().effects).toContainEqual({ type: 'disconnect', conn: socket })
    expect(bench.state.link).toMatchObject({ at: 'open', rung: 'webtransport' })
    expect(bench.ack(1).feed(closed(bench.state.conn)).after(10_000).connects).toEqual([
      'websocket',
    ])
  })

  it('asks no more for WebTransport when the server does not offer it', () => {
    const rungs = ['webtransport', 'websocket', 'http'] as const
    const bench = new Bench({ rungs }).feed({ type: 'tick' }).proven(1)
    expect(bench.after(2_000).connects).toEqual(['webtransport'])
    bench.feed(closed(bench.state.conn, 'not_available'))
    bench.hear({ type: 'pong' })
    expect(bench.state.ladder.probeAt).toBeNull()
    expect(bench.state.link).toMatchObject({ at: 'open', rung: 'websocket' })
  })

  it('tries at once on a hint that the network is back', () => {
    const bench = new Bench({ rungs: ['http'] }).feed({ type: 'tick' })
    bench.feed(closed(bench.state.conn))
    expect(bench.feed({ type: 'nudge' }).connects).toEqual(['http'])
  })
})

describe('chunks that the server found damaged', () => {
  const missing = { id: 'x', missing: { 0: [[0, 0]] as [number, number][] } }

  it('go out as bytes when they are still here, though WELCOME had them', () => {
    const bench = new Bench().recording(0, [[0, 1]])
    bench.hear({ type: 'missing', missing })
    bench.feed({ type: 'captured', take: 0, seq: 0 }, { type: 'captured', take: 0, seq: 1 })
    expect(bench.load().sent).toMatchObject([{ kind: 'chunk', seq: 0 }])
    expect(bench.ack(0).load().sent).toMatchObject([{ kind: 'check', seq: 1 }])
  })

  it('are told and nothing else when they were acknowledged and are not here any more', () => {
    const bench = new Bench().proven(2)
    bench.hear({ type: 'missing', missing })
    expect(bench.effects).toEqual([{ type: 'missing', missing }])
    bench.feed({ type: 'stop', reason: 'user' })
    expect(bench.ack(1).sentKinds).toEqual(['finish'])
  })
})
