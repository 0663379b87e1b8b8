// How an upload begins, resumes and ends.
import { describe, expect, it } from 'vitest'
import { Bench, closed, NOTHING, READY } from './uploader-bench.ts'

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

  it('sends the first chunk of a take alone, until it is known whose number that is', () => {
    const bench = new Bench().recording(3)
    expect(bench.sent).toEqual([{ kind: 'chunk', take: 0, wire: 0, seq: 0 }])
    bench.ack(0).load()
    expect(bench.sent.map((one) => 'seq' in one && one.seq)).toEqual([1, 2])
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
    const bench = new Bench().proven(5)
    bench
      .feed(closed(bench.state.conn))
      .after(4_000)
      .welcome('recording', [[0, 2]])
    bench.hear({ type: 'ack', of: 'take', take: 0, seq: 0 })
    bench.load()
    expect(bench.sent.map((one) => [one.kind, 'seq' in one && one.seq])).toEqual([
      ['chunk', 3],
      ['chunk', 4],
      ['check', 1],
      ['check', 2],
    ])
    expect(bench.has('forget')).toBe(false)
    expect(bench.ack(1).effects).toContainEqual({ type: 'forget', take: 0, seq: 1 })
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
      { take: 0, wire: 0, captured: 3, acked: [[0, 1]] as const, stuck: [] },
      { take: 1, wire: 1, captured: 2, acked: [], stuck: [] },
      { take: 2, wire: 2, captured: 4, acked: [[0, 3]] as const, stuck: [] },
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
    ])
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

  it('says stop again while it waits for the file: a late "recording again" may have revoked it', () => {
    const bench = finished()
    for (let times = 0; times < 3; times += 1) {
      expect(bench.after(3_000).sentKinds).toEqual(['finish'])
      bench.hear({ type: 'ack', of: 'finish', take: 0, seq: 0 })
    }
    bench.hear({ type: 'ready', ready: READY })
    expect(bench.state.link.at).toBe('done')
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
