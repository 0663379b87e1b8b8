import { type ErrorCode, LIMITS, type RecordingStatus } from '@holdfast/protocol'
import { describe, expect, it } from 'vitest'
import type { Rung } from '../transport/transport.ts'
import type { ReadyEvent } from './recording.ts'
import { step } from './uploader.ts'
import {
  type Effect,
  type Incoming,
  newUploader,
  type Outgoing,
  type Uploader,
  type UploaderEvent,
  type UploaderSetup,
} from './uploader-state.ts'
import { nextWakeAt } from './wake.ts'

const READY: ReadyEvent = {
  id: 'x',
  version: 1,
  status: 'ready',
  durationMs: 1,
  bytes: 1,
  gaps: [],
  mediaUrl: '/',
}
const NOTHING = { code: null, retryAfterMs: null }

/** A uploader with a clock that the test moves. */
class Bench {
  state: Uploader
  now = 0
  bufferedBytes = 0
  /** What the last event brought about. */
  effects: Effect[] = []

  constructor(setup: Partial<UploaderSetup> = {}) {
    const rungs: UploaderSetup['rungs'] = ['websocket', 'http']
    this.state = newUploader({ mode: 'live', rungs, created: true, takes: [], ...setup })
  }

  feed(...events: UploaderEvent[]): this {
    this.effects = []
    for (const event of events) {
      const env = { now: this.now, random: 0.999, bufferedBytes: this.bufferedBytes }
      const next = step(this.state, event, env)
      this.state = next.state
      this.effects.push(...next.effects)
    }
    return this
  }

  after(ms: number): this {
    this.now += ms
    return this.feed({ type: 'tick' })
  }

  hear(...frames: Incoming[]): this {
    const { conn } = this.state
    return this.feed(...frames.map((frame): UploaderEvent => ({ type: 'frame', conn, frame })))
  }

  /** Connected, take 0 acknowledged, `count` chunks of 1000 B captured, read and sent. */
  recording(count: number, have: [number, number][] = []): this {
    this.feed({ type: 'take', take: 0 })
    this.welcome('recording', have)
    this.hear({ type: 'ack', of: 'take', take: 0, seq: 0 })
    for (let seq = 0; seq < count; seq += 1) this.feed({ type: 'captured', take: 0, seq })
    return this.load()
  }

  welcome(status: RecordingStatus = 'recording', have: [number, number][] = []): this {
    const welcome = {
      status,
      version: 0,
      have: { 0: have },
      limits: LIMITS,
      pingMs: 3_000,
      graceMs: 10_000,
    }
    return this.hear({ type: 'welcome', welcome })
  }

  /** Everything that the machine wants to read is read. */
  load(): this {
    const sent: Effect[] = []
    for (let { loading } = this.state; loading.length > 0; { loading } = this.state) {
      const chunks = loading.map((ref) => ({ ...ref, bytes: 1_000 }))
      sent.push(...this.feed({ type: 'loaded', chunks, lost: [] }).effects)
    }
    this.effects = sent
    return this
  }

  get sent(): Outgoing[] {
    return this.effects.flatMap((effect) => (effect.type === 'send' ? effect.frames : []))
  }

  get sentKinds(): string[] {
    return this.sent.map(({ kind }) => kind)
  }

  get connects(): Rung[] {
    return this.effects.flatMap((effect) => (effect.type === 'connect' ? [effect.rung] : []))
  }

  has(type: Effect['type']): boolean {
    return this.effects.some((effect) => effect.type === type)
  }

  nack(seq: number, code: ErrorCode, retry: boolean): this {
    return this.hear({ type: 'nack', take: 0, seq, code, retry })
  }

  ack(seq: number): this {
    return this.hear({ type: 'ack', of: 'chunk', take: 0, seq })
  }
}

const closed = (conn: number, code: ErrorCode | null = null): UploaderEvent => {
  return { type: 'closed', conn, failure: { ...NOTHING, code } }
}

describe('beginning', () => {
  it('creates the recording first, again and again while offline, then connects', () => {
    const bench = new Bench({ created: false }).feed({ type: 'tick' })
    expect(bench.has('create')).toBe(true)
    for (let i = 0; i < 20; i += 1) {
      bench.feed({ type: 'createFailed', failure: NOTHING })
      expect(bench.state.link.at).toBe('waiting')
      bench.after(4_000)
      expect(bench.has('create')).toBe(true)
    }
    expect(bench.feed({ type: 'created' }).connects).toEqual(['websocket'])
  })

  it('announces a take before its chunks, and sends nothing of it until that is acked', () => {
    const bench = new Bench().feed({ type: 'take', take: 0 }, { type: 'captured', take: 0, seq: 0 })
    expect(bench.welcome().sentKinds).toEqual(['take'])
    expect(bench.has('load')).toBe(false)
    bench.hear({ type: 'ack', of: 'take', take: 0, seq: 0 })
    expect(bench.load().sentKinds).toEqual(['chunk'])
  })

  it('never waits longer than the cap between two tries, however long the server is away', () => {
    const bench = new Bench({ rungs: ['http'] }).feed({ type: 'tick' })
    for (let i = 0; i < 50; i += 1) {
      bench.feed(closed(bench.state.conn))
      const until = bench.state.link.at === 'waiting' ? bench.state.link.until : Number.NaN
      expect(until - bench.now).toBeLessThanOrEqual(4_000)
      bench.after(4_000)
      expect(bench.connects).toEqual(['http'])
    }
  })

  it.for(['unauthorized', 'forbidden', 'disk_full', 'internal'] as const)(
    'goes on trying after %s, since it may be mended',
    (code) => {
      const bench = new Bench({ created: false }).feed({ type: 'tick' })
      bench.feed({ type: 'createFailed', failure: { ...NOTHING, code } })
      expect(bench.effects).toContainEqual({ type: 'error', code, retry: true })
      expect(bench.after(4_000).has('create')).toBe(true)
    },
  )

  it('honours Retry-After, up to the cap', () => {
    const bench = new Bench({ rungs: ['http'] }).feed({ type: 'tick' })
    const failure = { code: 'unavailable' as const, retryAfterMs: 3_500 }
    bench.feed({ type: 'closed', conn: bench.state.conn, failure })
    expect(bench.state.link).toMatchObject({ at: 'waiting', until: 3_500 })
  })
})

describe('resuming', () => {
  it('asks about what the server says it has, after sending what it lacks, and keeps both until acked', () => {
    const bench = new Bench().recording(4)
    bench
      .feed(closed(bench.state.conn))
      .after(4_000)
      .welcome('recording', [[0, 1]])
    bench.hear({ type: 'ack', of: 'take', take: 0, seq: 0 })
    bench.load()
    expect(bench.sent.map((one) => [one.kind, 'seq' in one && one.seq])).toEqual([
      ['chunk', 2],
      ['chunk', 3],
      ['check', 0],
      ['check', 1],
    ])
    expect(bench.has('forget')).toBe(false)
    expect(bench.ack(0).effects).toContainEqual({ type: 'forget', take: 0, seq: 0 })
  })

  it('sends the bytes when a CHECK finds that they are not stored', () => {
    const bench = new Bench().recording(1, [[0, 0]])
    expect(bench.sentKinds).toEqual(['check'])
    bench.nack(0, 'not_stored', true)
    expect(bench.load().sentKinds).toEqual(['chunk'])
  })

  it('creates the recording again when the server does not know it', () => {
    const bench = new Bench().recording(1)
    bench.hear({ type: 'error', code: 'recording_unknown' })
    expect(bench.after(4_000).has('create')).toBe(true)
  })

  it('goes on with the missing chunks of several takes, in order', () => {
    const takes = [
      { take: 0, wire: 0, captured: 3, acked: [[0, 1]] as const },
      { take: 1, wire: 1, captured: 2, acked: [] },
      { take: 2, wire: 2, captured: 4, acked: [[0, 3]] as const },
    ]
    const bench = new Bench({ mode: 'drain', takes }).feed({ type: 'stop', reason: 'error' })
    expect(bench.welcome().sent).toEqual([
      { kind: 'take', take: 0, wire: 0 },
      { kind: 'take', take: 1, wire: 1 },
    ])
    for (const take of [0, 1]) bench.hear({ type: 'ack', of: 'take', take, seq: 0 })
    expect(bench.state.loading).toEqual([
      { take: 0, seq: 2 },
      { take: 1, seq: 0 },
      { take: 1, seq: 1 },
    ])
  })
})

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
      const bench = new Bench().recording(2).nack(0, code, false)
      expect(bench.effects).toContainEqual({ type: 'error', code, retry: false })
      expect(bench.has('forget')).toBe(false)
      bench.feed({ type: 'stop', reason: 'user' })
      expect(bench.ack(1).sentKinds).toEqual(['finish'])
    },
  )

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
    bench.feed({ type: 'loaded', chunks: [], lost: [{ take: 0, seq: 0 }] })
    expect(bench.effects).toContainEqual({ type: 'error', code: 'chunk_lost', retry: false })
    expect(bench.sent).toMatchObject([{ kind: 'finish', takes: [{ take: 0, chunks: 1 }] }])
  })
})

describe('silence', () => {
  it('reconnects when no answer comes, and sends everything in flight again', () => {
    const bench = new Bench().recording(2)
    expect(bench.after(8_000).has('disconnect')).toBe(true)
    expect(bench.state.flight).toEqual([])
    bench.after(4_000).welcome().load()
    expect(bench.sent.map((one) => 'seq' in one && one.seq)).toEqual([0, 1])
  })

  it('does not take a PONG for the missing ACK', () => {
    const bench = new Bench().recording(1)
    for (let s = 0; s < 13; s += 1) bench.after(1_000).hear({ type: 'pong' })
    expect(bench.state.conn).toBeGreaterThan(1)
  })

  it('notices one swallowed answer among many that come', () => {
    const bench = new Bench().recording(1)
    for (let seq = 1; seq < 60 && bench.state.conn === 1; seq += 1) {
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

  it('tries at once on a hint that the network is back', () => {
    const bench = new Bench({ rungs: ['http'] }).feed({ type: 'tick' })
    bench.feed(closed(bench.state.conn))
    expect(bench.feed({ type: 'nudge' }).connects).toEqual(['http'])
  })
})

describe('the end', () => {
  const finished = (): Bench => {
    const bench = new Bench().recording(1).feed({ type: 'stop', reason: 'user' })
    return bench.ack(0).hear({ type: 'ack', of: 'finish', take: 0, seq: 0 })
  }

  it('is safe when FINISH is acked, and done when the file is final', () => {
    const bench = finished()
    expect(bench.effects).toEqual([{ type: 'safe' }])
    bench.hear({ type: 'ready', ready: READY })
    expect(bench.effects).toContainEqual({ type: 'ready', ready: READY })
    expect(bench.state.link.at).toBe('done')
  })

  it('repeats FINISH on every connection until it is acked', () => {
    const bench = new Bench().recording(1).feed({ type: 'stop', reason: 'user' }).ack(0)
    expect(bench.sentKinds).toEqual(['finish'])
    bench.feed(closed(bench.state.conn)).after(4_000)
    expect(bench.welcome().sentKinds).toEqual(['finish'])
  })

  it('does not take the end of an earlier version for its own', () => {
    const bench = new Bench().recording(1).hear({ type: 'ready', ready: READY })
    expect(bench.has('ready')).toBe(false)
    expect(bench.state.link.at).toBe('open')
  })

  it('asks where no event tells, and again after a PONG while the answer is no', () => {
    const bench = finished().hear({ type: 'status', status: 'ready' })
    expect(bench.has('ask')).toBe(true)
    expect(bench.feed({ type: 'answer', ready: null }).has('ask')).toBe(false)
    expect(bench.hear({ type: 'pong' }).has('ask')).toBe(true)
    expect(bench.feed({ type: 'answer', ready: READY }).has('ready')).toBe(true)
  })

  it('revokes a FINISH that the page said too early, and goes on', () => {
    const bench = finished().feed({ type: 'again' })
    expect(bench.sent).toMatchObject([{ kind: 'ping', again: true }])
    bench.hear({ type: 'pong' }).feed({ type: 'captured', take: 0, seq: 1 })
    expect(bench.load().sentKinds).toEqual(['chunk'])
    expect(bench.ack(1).sentKinds).toEqual([])
  })

  it('says "again" once more when the connection was lost before the PONG', () => {
    const bench = new Bench().recording(0).feed({ type: 'again' })
    bench.feed(closed(bench.state.conn)).after(4_000)
    expect(bench.welcome().sent).toMatchObject([{ kind: 'ping', again: true }])
  })
})
