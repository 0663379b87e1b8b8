import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireBed } from '../support/wire-bed.ts'
import type { Made } from '../support/wire-client.ts'
import type { WireConnection } from '../support/wire-connection.ts'
import { chunk, finish, ping, TYPE, take } from '../support/wire-frames.ts'
import { WIRES } from '../support/wires.ts'

const { slices } = loadTake('webm-vp8-opus-ts1000-30s')
const slice = (seq: number) => slices[seq] ?? new Uint8Array(0)

describe.each(WIRES)('FINISH on $name', ({ runtime, over }) => {
  let bed: WireBed
  beforeAll(async () => {
    bed = await WireBed.start(runtime, {}, over)
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

  const pendingTotals = async ({ id }: Made) => {
    const rows = await bed.sql`
      select take, declared::int from totals where recording_id = ${id} order by take`
    return rows.map((row) => row.declared)
  }

  describe('rule 7, I9: of complete totals', () => {
    test('is acked, and the recording is ready at once, with an event', async () => {
      const { made, socket } = await recorder([0, 1, 2])
      socket.send(finish([3]))
      expect(await socket.next(TYPE.ACK, 4)).toMatchObject({ flags: 2, take: 0, seq: 0 })
      const ready = await socket.event('ready')
      expect(ready).toMatchObject({ id: made.id, version: 1, status: 'ready', gaps: [] })
      expect(ready.durationMs).toBeGreaterThan(2000)
      expect(ready.bytes).toBeGreaterThan(0)
      const media = await fetch(new URL(String(ready.mediaUrl), bed.url))
      expect(media.status).toBe(200)
      expect(await socket.status('ready')).toMatchObject({
        id: made.id,
        version: 1,
        reason: 'stop',
      })
      expect(socket.of(TYPE.EVENT).every((one) => one.flags === 0)).toBe(true)
      const view = await bed.http.untilStatus(made, 'ready')
      expect(view).toMatchObject({ version: 1, reason: 'stop', gaps: [] })
    })

    test('I11: may be repeated: acked again, told that it is ready, no new version', async () => {
      const { made, socket } = await recorder([0, 1])
      socket.send(finish([2]))
      await socket.event('ready')
      socket.send(finish([2]))
      expect(await socket.event('ready', 1)).toMatchObject({ version: 1 })
      const again = await bed.greet(made)
      again.send(finish([2]))
      expect(await again.event('ready')).toMatchObject({ version: 1, status: 'ready' })
    })

    test('with reason `pagehide` gives that reason', async () => {
      const { made, socket } = await recorder([0])
      socket.send(finish([1], 'pagehide'))
      await socket.event('ready')
      expect((await bed.http.view(made)).body.reason).toBe('pagehide')
    })

    test('sent in one go with its chunks waits for them', async () => {
      const made = await bed.http.create()
      const socket = await bed.greet(made)
      socket.send(take(0), ...slices.slice(0, 20).map((bytes, seq) => chunk(seq, bytes)))
      socket.send(finish([20]))
      expect(await socket.event('ready')).toMatchObject({ status: 'ready', version: 1 })
      // Whoever looks before the chunks are in says `missing`, or finalizes twice.
      const told = socket.heard.filter((type) => type === 'missing' || type === 'ready')
      expect(told).toEqual(['ready'])
    })
  })

  describe('rule 7: of totals with holes', () => {
    test('is acked, names the holes, and finalizes what is there after the grace time', async () => {
      const { made, socket } = await recorder([0, 1, 3, 6])
      socket.send(finish([9]))
      await socket.until('finish')
      expect(await socket.event('missing')).toEqual({
        type: 'missing',
        id: made.id,
        missing: {
          '0': [
            [2, 2],
            [4, 5],
            [7, 8],
          ],
        },
      })
      const pings = setInterval(() => socket.isOpen && socket.send(ping(1)), 200)
      const ready = await socket.event('ready').finally(() => clearInterval(pings))
      expect(ready).toMatchObject({ status: 'incomplete', version: 1 })
      const gaps = ready.gaps as { fromSeq: number; toSeq: number }[]
      expect(gaps.map(({ fromSeq, toSeq }) => [fromSeq, toSeq])).toEqual([
        [2, 2],
        [4, 5],
        [7, 8],
      ])
    })

    test('I7: filling them makes the next version, and is not taken for a new beginning', async () => {
      const { made, socket } = await recorder([0, 2])
      socket.send(finish([3]))
      await socket.event('ready')
      socket.send(chunk(1, slice(1)))
      const ready = await socket.event('ready', 1)
      expect(ready).toMatchObject({ version: 2, status: 'ready', gaps: [] })
      expect(await pendingTotals(made)).toEqual([3])
    })

    test('is ready at once when the last hole is filled inside the grace time', async () => {
      const { made, socket } = await recorder([0, 2])
      socket.send(finish([3]))
      await socket.event('missing')
      socket.send(chunk(1, slice(1)))
      expect(await socket.event('ready')).toMatchObject({ version: 1, status: 'ready' })
      expect((await bed.http.view(made)).body.versions).toHaveLength(1)
    })
  })

  describe('rule 7, I10: totals', () => {
    test('merge per take by maximum', async () => {
      const { made, socket } = await recorder([0])
      socket.send(finish([4, 1]), finish([2, 5]), finish([1]))
      await waitFor(
        'three acks',
        () => socket.answers.filter((one) => one === 'finish').length === 3,
      )
      expect(await pendingTotals(made)).toEqual([4, 5])
    })

    test('below what is stored count as the highest seq + 1', async () => {
      const { made, socket } = await recorder([0, 1, 2])
      socket.send(finish([1]))
      expect(await socket.event('ready')).toMatchObject({ status: 'ready', gaps: [] })
      expect(await pendingTotals(made)).toEqual([3])
    })

    test('I7: that grow after the recording was ready open it again', async () => {
      const { made, socket } = await recorder([0, 1])
      socket.send(finish([2]))
      await socket.event('ready')
      socket.send(finish([3]))
      expect(await socket.event('missing')).toMatchObject({ missing: { '0': [[2, 2]] } })
      socket.send(chunk(2, slice(2)))
      const ready = await socket.event('ready', 1)
      expect(ready).toMatchObject({ version: 2, status: 'ready' })
      expect((await bed.http.view(made)).body.versions.map((one) => one.version)).toEqual([1, 2])
    })
  })

  describe('rule 7: it is revoked', () => {
    test('by a seq at its total', async () => {
      const { made, socket } = await recorder([0])
      socket.send(finish([3]))
      await socket.until('finish')
      socket.send(chunk(3, slice(3)))
      await socket.until('ack 0/3')
      expect(await pendingTotals(made)).toEqual([])
    })

    test('by a take that it did not name', async () => {
      const { made, socket } = await recorder([0])
      socket.send(finish([3]))
      await socket.until('finish')
      socket.send(take(1))
      await socket.until('take 1')
      expect(await pendingTotals(made)).toEqual([])
    })

    test('by PING with flag bit 0, and not by PING without it', async () => {
      const { made, socket } = await recorder([0])
      socket.send(finish([3]))
      await socket.until('finish')
      socket.send(ping(1))
      await socket.until('pong 1')
      expect(await pendingTotals(made)).toEqual([3])
      socket.send(ping(2, 1))
      await socket.until('pong 2')
      expect(await pendingTotals(made)).toEqual([])
    })

    test('not by chunks that fill holes, nor by a take that it named', async () => {
      const { made, socket } = await recorder([0])
      socket.send(finish([3, 2]))
      await socket.until('finish')
      socket.send(chunk(2, slice(2)), chunk(1, slice(1)), take(1))
      await socket.until('ack 0/2', 'ack 0/1', 'take 1')
      expect(await pendingTotals(made)).toEqual([3, 2])
    })

    test('not by the end of a connection, and the end of a connection is no FINISH', async () => {
      const { made, socket } = await recorder([0])
      socket.send(finish([3]))
      await socket.until('finish')
      socket.close()
      await socket.closed()
      const again = await bed.greet(made)
      expect(await pendingTotals(made)).toEqual([3])
      const other = await recorder([0])
      other.socket.close()
      await other.socket.closed()
      expect((await bed.http.view(other.made)).body.status).toBe('recording')
      again.close()
    })
  })

  describe('rule 6: a new chunk', () => {
    test('after `ready` is acked, and the recording records again until it is silent', async () => {
      const { made, socket } = await recorder([0, 1])
      socket.send(finish([2]))
      await socket.event('ready')
      socket.send(chunk(2, slice(2)))
      await socket.until('ack 0/2')
      expect((await bed.http.view(made)).body).toMatchObject({ status: 'recording', version: 1 })
      socket.close()
      const view = await bed.http.untilStatus(made, 'ready', 2)
      expect(view).toMatchObject({ reason: 'disconnect' })
    })

    test('for a deleted recording is refused for good', async () => {
      const made = await bed.http.create({ tokenMayDelete: true })
      const socket = await bed.greet(made)
      socket.send(take(0), chunk(0, slice(0)))
      await socket.until('ack 0/0')
      const headers = { Authorization: `Bearer ${made.token}` }
      await bed.http.call('DELETE', `/api/recordings/${made.id}`, null, headers)
      expect(await socket.event('deleted')).toEqual({ type: 'deleted', id: made.id })
      expect(await socket.closed()).toBe(4410)
    })
  })
})
