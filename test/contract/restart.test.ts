// The server ends in the middle of things, by SIGKILL and by SIGTERM, and comes back.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { HAS_FLEET, RUNTIMES } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireBed } from '../support/wire-bed.ts'
import type { Made, WelcomeBody } from '../support/wire-client.ts'
import type { WireConnection } from '../support/wire-connection.ts'
import { chunk, finish, hello, noise, streamed, TYPE, take } from '../support/wire-frames.ts'

const { slices } = loadTake('webm-vp8-opus-ts1000-30s')
const slice = (seq: number) => slices[seq] ?? new Uint8Array(0)

describe.skipIf(HAS_FLEET).each(RUNTIMES)('a server that ends, on %s', (runtime) => {
  let bed: WireBed
  beforeAll(async () => {
    bed = await WireBed.start(runtime, { HOLDFAST_LEASE_MS: '2000' })
  })
  beforeEach(async () => {
    if (!bed.server.isRunning) await bed.server.start()
  })
  afterAll(() => bed.stop())

  async function recorder(
    seqs: readonly number[],
  ): Promise<{ made: Made; socket: WireConnection }> {
    const made = await bed.http.create()
    const socket = await bed.greet(made)
    socket.send(take(0), ...seqs.map((seq) => chunk(seq, slice(seq))))
    await socket.until('take 0', ...seqs.map((seq) => `ack 0/${seq}`))
    return { made, socket }
  }

  /** What the log says about the last stop: which step took its time. */
  const howItStopped = () => {
    const { logs } = bed.server
    return JSON.stringify(logs.slice(logs.findLastIndex(({ msg }) => msg === 'stopping')))
  }

  describe('by SIGKILL', () => {
    test('I1: has every acked chunk when it is back, and the recorder goes on where it was', async () => {
      const { made, socket } = await recorder([0, 1, 2, 3])
      await bed.server.kill()
      expect(await socket.closed()).not.toBe(1000)
      await bed.server.start()
      const again = await bed.greet(made)
      const { have, status } = await again.nextJson<WelcomeBody>(TYPE.WELCOME)
      expect({ have, status }).toEqual({ have: { '0': [[0, 3]] }, status: 'recording' })
      again.send(take(0), chunk(3, slice(3)), chunk(4, slice(4)), finish([5]))
      expect(await again.event('ready')).toMatchObject({ version: 1, status: 'ready', gaps: [] })
    })

    test('I6, I9: finalizes a stop that was acked a moment before, whoever held its lease', async () => {
      const { made, socket } = await recorder([0, 1])
      socket.send(finish([2]))
      await socket.until('finish')
      await bed.server.kill()
      await bed.server.start()
      const view = await bed.http.untilStatus(made, 'ready')
      expect(view).toMatchObject({ version: 1, reason: 'stop' })
    })

    test('I6: finalizes a recorder that never comes back', async () => {
      const { made, socket } = await recorder([0, 1])
      await bed.server.kill()
      socket.close()
      await bed.server.start()
      const view = await bed.http.untilStatus(made, 'ready')
      expect(view).toMatchObject({ version: 1, reason: 'disconnect' })
    })

    test('I5: finalizes nobody early whose recorder comes back after it', async () => {
      const { made } = await recorder([0, 1])
      await bed.server.kill()
      // As long an outage as a night: longer than any grace time, for no fault of the recorder.
      await bed.sql`
        update recordings set last_seen_at = now() - interval '9 h',
          last_chunk_at = now() - interval '9 h' where id = ${made.id}`
      await bed.sql`
        update uptime set up_since = now() - interval '10 h', last_beat_at = now() - interval '9 h'`
      await bed.server.start()
      const again = await bed.greet(made)
      expect(await again.nextJson(TYPE.WELCOME)).toMatchObject({ status: 'recording', version: 0 })
      again.send(chunk(2, slice(2)), finish([3]))
      expect(await again.event('ready')).toMatchObject({ version: 1, status: 'ready' })
    })
  })

  describe('by SIGTERM', () => {
    test('acks what it received, tells its clients to come again, and ends with 0', async () => {
      const { made, socket } = await recorder([0])
      let exit: Promise<number | null> | undefined
      await bed.sql.begin(async (tx) => {
        await tx`select 1 from recordings where id = ${made.id} for update`
        socket.send(chunk(1, slice(1)), chunk(2, slice(2)))
        await waitFor('a commit that waits', async () => {
          const [row] = await bed.sql`
            select count(*)::int as n from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`
          return Number(row?.n) > 0
        })
        exit = bed.server.kill('SIGTERM')
        await waitFor('the signal to be heard', () =>
          bed.server.logs.some((line) => line.msg === 'stopping'),
        )
        expect(socket.answers).not.toContain('ack 0/1')
      })
      await socket.until('ack 0/1', 'ack 0/2')
      expect(await socket.nextJson(TYPE.ERROR)).toMatchObject({
        code: 'shutting_down',
        retry: true,
      })
      expect(await socket.closed()).toBe(4503)
      expect(await exit, howItStopped()).toBe(0)
      const types = socket.frames.map((one) => one.type)
      expect(types.lastIndexOf(TYPE.ACK)).toBeLessThan(types.indexOf(TYPE.ERROR))
      await bed.server.start()
      const { have } = await (await bed.greet(made)).nextJson<WelcomeBody>(TYPE.WELCOME)
      expect(have).toEqual({ '0': [[0, 2]] })
    })

    test('answers the upload that is on its way', async () => {
      const made = await bed.http.create()
      const { token } = made
      await bed.http.frames(made, streamed(take(0)), { token })
      let answer: ReturnType<typeof bed.http.frames> | undefined
      let exit: Promise<number | null> | undefined
      await bed.sql.begin(async (tx) => {
        await tx`select 1 from recordings where id = ${made.id} for update`
        answer = bed.http.frames(made, streamed(hello(made.id), chunk(0, noise(9, 1))), { token })
        await waitFor('a commit that waits', async () => {
          const [row] = await bed.sql`
            select count(*)::int as n from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`
          return Number(row?.n) > 0
        })
        const { length } = bed.server.logs
        exit = bed.server.kill('SIGTERM')
        await waitFor('the signal to be heard', () => bed.server.logs.length > length)
      })
      expect(await answer).toMatchObject({ status: 200, body: { acks: [[0, 0]] } })
      expect(await exit, howItStopped()).toBe(0)
    })

    test('takes nothing new while it stops', async () => {
      const { made, socket } = await recorder([0])
      await bed.server.kill('SIGTERM')
      expect(await socket.closed()).toBe(4503)
      await expect(bed.open(made.id)).rejects.toThrow()
    })
  })
})
