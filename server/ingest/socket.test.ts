import { FLAG, FRAME, frame, jsonFrame } from '@holdfast/protocol'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { someChunkFrame, someTakeFrame } from '../../test/support/chunks.ts'
import { TestIngest } from '../../test/support/ingest.ts'
import { waitFor } from '../../test/support/wait-for.ts'

let bed: TestIngest
beforeAll(async () => {
  bed = await TestIngest.open({ limits: { window: 8, windowBytes: 20_000 } })
})
afterAll(() => bed.close())

const chunks = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => someChunkFrame({ seq: from + i }))

/** Runs `work` while another transaction holds the recording's row, so that nothing can commit. */
async function whileLocked(id: string, work: () => Promise<void>): Promise<void> {
  await bed.ledger.sql.begin(async (tx) => {
    await tx`select 1 from recordings where id = ${id} for update`
    await work()
  })
}

describe('the order of things', () => {
  test('rule 9: WELCOME comes first, then what was sent behind the HELLO, in order', async () => {
    const sink = bed.socket(await bed.recording())
    sink.hello()
    sink.push(someTakeFrame(0), ...chunks(3))
    await sink.untilAcked(3)
    expect(sink.frames[0]?.type).toBe(FRAME.WELCOME)
    expect(sink.frames[1]).toMatchObject({ type: FRAME.ACK, flags: 1, take: 0 })
    expect(sink.acked).toEqual(['0/0', '0/1', '0/2'])
  })

  test('rule 9: an event that is committed meanwhile comes after WELCOME and is not lost', async () => {
    const opened = await bed.recording()
    const sink = bed.socket(opened)
    sink.hello()
    bed.publish({ type: 'deleted', id: 'of another recording' })
    bed.publish({ type: 'status', id: opened.id, status: 'ready', version: 1, reason: 'stop' })
    expect(await sink.json(FRAME.EVENT)).toMatchObject({ status: 'ready' })
    expect(sink.frames.map((value) => value.type)).toEqual([FRAME.WELCOME, FRAME.EVENT])
  })

  test('WELCOME tells the newest status, also while another session is open', async () => {
    const opened = await bed.recording([0])
    const first = await bed.welcomed(opened)
    expect(await first.json(FRAME.WELCOME)).toMatchObject({ status: 'recording', version: 0 })
    await bed.ledger.sql`
      update recordings set status = 'ready', version = 3 where id = ${opened.id}`
    const second = await bed.welcomed(opened)
    expect(await second.json(FRAME.WELCOME)).toMatchObject({ status: 'ready', version: 3 })
  })

  test('a FINISH waits for every chunk before it', async () => {
    const opened = await bed.recording([0])
    const sink = await bed.welcomed(opened)
    const finish = jsonFrame(FRAME.FINISH, { takes: [{ take: 0, chunks: 5 }], reason: 'user' })
    sink.push(...chunks(5), finish)
    await waitFor('the FINISH', () => sink.frames.some((value) => value.flags === 2))
    expect(sink.acked).toHaveLength(5)
    expect(sink.of(FRAME.EVENT)).toEqual([])
    expect(bed.completed).toContain(opened.id)
  })
})

describe('R7, rule 1: an ack', () => {
  test('is not sent before the row is committed', async () => {
    const opened = await bed.recording([0])
    const sink = await bed.welcomed(opened)
    await whileLocked(opened.id, async () => {
      sink.push(...chunks(2))
      await waitFor('bytes in the store', async () => {
        const [segment] = await bed.store.segments(opened.id)
        return (segment?.bytes ?? 0) > 2000
      })
      await waitFor('a commit that waits for the lock', async () => {
        const [row] = await bed.ledger.sql`
          select count(*)::int as n from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`
        return Number(row?.n) > 0
      })
      expect(sink.acked).toEqual([])
    })
    await sink.untilAcked(2)
  })

  test('is not sent before the bytes are synced', async () => {
    const opened = await bed.recording([0])
    const sink = await bed.welcomed(opened)
    bed.disk.stall()
    sink.push(...chunks(1))
    sink.push(frame(FRAME.PING, { seq: 7 }))
    await waitFor('the pong', () => sink.of(FRAME.PONG).length > 0)
    expect(sink.acked).toEqual([])
    expect(await bed.ledger.chunkRows(opened.id)).toEqual([])
    bed.disk.resume()
    await sink.untilAcked(1)
    expect(await bed.ledger.chunkRows(opened.id)).toHaveLength(1)
  })

  test('I5: keeps whoever waits for it alive, however long that takes', async () => {
    const opened = await bed.recording([0])
    const sink = await bed.welcomed(opened)
    bed.disk.stall()
    sink.push(...chunks(1))
    sink.push(frame(FRAME.PING, { seq: 7 }))
    await waitFor('the pong', () => sink.of(FRAME.PONG).length > 0)
    const flushed = async () => {
      await bed.ledger.age(opened.id, 3_600_000, 'last_seen_at')
      await bed.ingest.flushSignsOfLife()
      return (await bed.ledger.row(opened.id)).lastSeenAt.getTime() > Date.now() - 60_000
    }
    // What it sent counts once, that it waits counts each time.
    expect([await flushed(), await flushed(), await flushed()]).toEqual([true, true, true])
    bed.disk.resume()
    await sink.untilAcked(1)
    await flushed()
    expect(await flushed()).toBe(false)
  })

  test('of a TAKE or a FINISH is not sent before its row is committed either', async () => {
    const opened = await bed.recording()
    const sink = await bed.welcomed(opened)
    const acks = () => sink.of(FRAME.ACK).map((value) => value.flags)
    await whileLocked(opened.id, async () => {
      sink.push(someTakeFrame(0), frame(FRAME.PING, { seq: 1 }))
      await waitFor('the pong', () => sink.of(FRAME.PONG).length > 0)
      expect(acks()).toEqual([])
    })
    await waitFor('the ack', () => acks().length === 1)
    await whileLocked(opened.id, async () => {
      sink.push(jsonFrame(FRAME.FINISH, { takes: [] }), frame(FRAME.PING, { seq: 2 }))
      await waitFor('the pong', () => sink.of(FRAME.PONG).length > 1)
      expect(acks()).toEqual([1])
    })
    await waitFor('the ack', () => acks().length === 2)
  })

  test('that the connection drops closes it: an ack never vanishes in silence', async () => {
    const opened = await bed.recording([0])
    const sink = await bed.welcomed(opened)
    sink.result = 'dropped'
    sink.push(...chunks(1))
    await waitFor('the close', () => sink.closed !== null)
    expect(sink.closed).toBe(4503)
    const again = await bed.welcomed(opened)
    expect(await again.json(FRAME.WELCOME)).toMatchObject({ have: { '0': [[0, 0]] } })
  })
})

describe('rule 10: the window', () => {
  test('of chunks is exceeded by one more, and what was acked stays', async () => {
    const opened = await bed.recording([0])
    const sink = await bed.welcomed(opened)
    sink.push(...chunks(8))
    await sink.untilAcked(8)
    await whileLocked(opened.id, async () => {
      sink.push(...chunks(8, 8))
      expect(sink.closed).toBeNull()
      sink.push(...chunks(1, 16))
      expect(sink.closed).toBe(4409)
      expect(await sink.json(FRAME.ERROR)).toMatchObject({ code: 'window_exceeded', retry: true })
    })
    const again = await bed.welcomed(opened)
    const { have } = await again.json<{ have: Record<string, unknown> }>(FRAME.WELCOME)
    expect(have['0']).toMatchObject([[0, expect.toSatisfy((to: number) => to >= 7)]])
  })

  test('of bytes is exceeded too, but one chunk alone may be as large as a chunk may be', async () => {
    const opened = await bed.recording([0])
    const sink = await bed.welcomed(opened)
    sink.push(someChunkFrame({ seq: 0, length: 30_000 }))
    await sink.untilAcked(1)
    await whileLocked(opened.id, async () => {
      sink.push(
        someChunkFrame({ seq: 1, length: 15_000 }),
        someChunkFrame({ seq: 2, length: 6000 }),
      )
      expect(sink.closed).toBe(4409)
    })
  })

  test('opens again with each answer, a refusal included', async () => {
    const sink = await bed.welcomed(await bed.recording([0]))
    for (let from = 0; from < 40; from += 8) {
      sink.push(...chunks(4, from), ...chunks(4, from).map((one) => ({ ...one, take: 9 })))
      await sink.untilAcked(from / 2 + 4)
      await waitFor('the refusals', () => sink.of(FRAME.NACK).length === from / 2 + 4)
    }
    expect(sink.closed).toBeNull()
  })
})

describe('a connection', () => {
  test('that never says HELLO is told and closed; one that did is pinged', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] })
    const other = await TestIngest.open()
    try {
      const silent = other.socket(await other.recording())
      const greeted = await other.welcomed(await other.recording())
      vi.advanceTimersByTime(20_001)
      expect(await silent.json(FRAME.ERROR)).toMatchObject({ code: 'too_slow', retry: true })
      expect(silent.closed).toBe(4503)
      expect(greeted.closed).toBeNull()
      expect(greeted.pings).toBeGreaterThan(0)
    } finally {
      vi.useRealTimers()
      await other.close()
    }
  })

  test('rule 8: whose pongs are all there is is trusted for 120 s after its last frame', async () => {
    const opened = await bed.recording()
    const sink = await bed.welcomed(opened)
    const isSeen = async () => {
      await bed.ingest.flushSignsOfLife()
      await bed.ledger.age(opened.id, 60_000, 'last_seen_at')
      sink.session.onPong()
      await bed.ingest.flushSignsOfLife()
      const { lastSeenAt } = await bed.ledger.row(opened.id)
      return Date.now() - lastSeenAt.getTime() < 30_000
    }
    expect(await isSeen()).toBe(true)
    const realNow = performance.now.bind(performance)
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => realNow() + 121_000)
    const later = await isSeen()
    sink.push(frame(FRAME.PING))
    const afterFrame = await isSeen()
    clock.mockRestore()
    expect({ later, afterFrame }).toEqual({ later: false, afterFrame: true })
  })

  test('that is closed by the client still gets what it sent stored', async () => {
    const opened = await bed.recording([0])
    const sink = bed.socket(opened)
    sink.hello()
    sink.push(...chunks(3))
    sink.session.onClose()
    await waitFor('the rows', async () => (await bed.ledger.chunkRows(opened.id)).length === 3)
  })

  test('hears that its recording was deleted, and is closed', async () => {
    const opened = await bed.recording()
    const sink = await bed.welcomed(opened)
    bed.publish({ type: 'deleted', id: opened.id })
    expect(sink.closed).toBe(4410)
    expect(sink.frames.map((value) => value.type)).toEqual([
      FRAME.WELCOME,
      FRAME.EVENT,
      FRAME.ERROR,
    ])
  })

  test('gets its acks before a shutdown closes it', async () => {
    const other = await TestIngest.open()
    const sink = await other.welcomed(await other.recording([0]))
    sink.push(...chunks(5))
    const opened = await other.recording()
    await other.ingest.shutdown()
    expect(sink.acked).toHaveLength(5)
    expect(sink.closed).toBe(4503)
    expect(await sink.json(FRAME.ERROR)).toMatchObject({ code: 'shutting_down', retry: true })
    const late = other.socket(opened)
    expect(late.closed).toBe(4503)
    await other.close()
  })
})

test('frames that wait for a slow database are bounded, whatever their type', async () => {
  const opened = await bed.recording([0])
  const sink = await bed.welcomed(opened)
  const again = frame(FRAME.PING, { flags: FLAG.recordingAgain })
  await whileLocked(opened.id, async () => {
    for (let sent = 0; sent < 5000 && sink.closed === null; sent += 1) sink.push(again)
  })
  expect(sink.closed).toBe(4409)
  expect(await sink.json(FRAME.ERROR)).toMatchObject({ code: 'window_exceeded', retry: true })
})
