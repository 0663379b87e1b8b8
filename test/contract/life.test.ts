import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { RUNTIMES } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'
import { GRACE_MS, WireBed } from '../support/wire-bed.ts'
import type { Made } from '../support/wire-client.ts'
import type { WireConnection } from '../support/wire-connection.ts'
import { chunk, hello, ping, streamed, TYPE, take } from '../support/wire-frames.ts'
import { MuteSocket } from '../support/wire-mute.ts'

const { slices } = loadTake('webm-vp8-opus-ts1000-30s')
const slice = (seq: number) => slices[seq] ?? new Uint8Array(0)

// Side by side: each test waits for the grace time of recordings of its own.
describe.concurrent.each(RUNTIMES)('signs of life on %s', (runtime) => {
  let bed: WireBed
  beforeAll(async () => {
    bed = await WireBed.start(runtime)
  })
  afterAll(() => bed.stop())

  async function recorder(count = 2): Promise<{ made: Made; socket: WireConnection }> {
    const made = await bed.http.create()
    const socket = await bed.greet(made)
    const seqs = Array.from({ length: count }, (_, seq) => seq)
    socket.send(take(0), ...seqs.map((seq) => chunk(seq, slice(seq))))
    await socket.until('take 0', ...seqs.map((seq) => `ack 0/${seq}`))
    return { made, socket }
  }

  const statusOf = async (made: Made) => (await bed.http.view(made)).body.status

  /** Another recording falls silent now; when it is finalized the grace time has passed for all. */
  async function graceToPass(): Promise<void> {
    const { made, socket } = await recorder()
    socket.close()
    await bed.http.untilStatus(made, 'ready')
  }

  test('I6: a recorder that disconnects is finalized after the grace time, with what is there', async () => {
    const { made, socket } = await recorder(3)
    socket.close()
    await socket.closed()
    expect(await statusOf(made)).toBe('recording')
    const view = await bed.http.untilStatus(made, 'ready')
    expect(view).toMatchObject({ version: 1, reason: 'disconnect', gaps: [] })
    expect(view.takes[0]?.chunks).toBe(3)
    const [row] = await bed.sql`
      select extract(epoch from v.created_at - r.last_chunk_at)::float8 * 1000 as ms
      from versions v join recordings r on r.id = v.recording_id where r.id = ${made.id}`
    expect(row?.ms).toBeGreaterThanOrEqual(GRACE_MS)
  })

  test('I5: a recorder that comes back inside the grace time is not finalized', async () => {
    const { made, socket } = await recorder()
    socket.close()
    await socket.closed()
    const again = await bed.greet(made)
    await graceToPass()
    expect(await statusOf(made)).toBe('recording')
    again.send(chunk(2, slice(2)))
    await again.until('ack 0/2')
    expect((await bed.http.view(made)).body).toMatchObject({ status: 'recording', version: 0 })
  })

  test('I7: one that comes back after it makes the next version', async () => {
    const { made, socket } = await recorder()
    socket.close()
    await bed.http.untilStatus(made, 'ready', 1)
    const again = await bed.greet(made)
    expect(await again.nextJson(TYPE.WELCOME)).toMatchObject({ status: 'ready', version: 1 })
    again.send(chunk(2, slice(2)))
    await again.until('ack 0/2')
    expect(await again.status('recording')).toMatchObject({ version: 1 })
    again.close()
    expect(await bed.http.untilStatus(made, 'ready', 2)).toMatchObject({ reason: 'disconnect' })
    const versions = (await bed.http.view(made)).body.versions.map((one) => one.version)
    expect(versions).toEqual([1, 2])
  })

  test('rule 8: pongs alone keep a paused recorder alive', async () => {
    const { made, socket } = await recorder()
    await graceToPass()
    await graceToPass()
    expect(await statusOf(made)).toBe('recording')
    expect(socket.isOpen).toBe(true)
  })

  test('rule 8: PING and its PONG carry a number, and PING is a sign of life on HTTP too', async () => {
    const { made, socket } = await recorder()
    socket.send(ping(0xffffffff), ping(7))
    await socket.until('pong 4294967295', 'pong 7')
    socket.close()
    await socket.closed()
    const beat = setInterval(() => {
      const { token } = made
      void bed.http.frames(made, streamed(ping()), { token }).catch(() => undefined)
    }, GRACE_MS / 5)
    await graceToPass().finally(() => clearInterval(beat))
    expect(await statusOf(made)).toBe('recording')
  })

  test('rule 8: a connection that answers no ping is no sign of life', async () => {
    const made = await bed.http.create()
    const mute = await MuteSocket.open(bed.url, made.id)
    mute.send(hello(made.id, made.token), take(0), chunk(0, slice(0)))
    await waitFor('the row', async () => (await bed.stored(made)).length === 1)
    expect(await bed.http.untilStatus(made, 'ready')).toMatchObject({ reason: 'disconnect' })
    expect(mute.isClosed).toBe(false)
    mute.destroy()
  })

  test('a connection without HELLO is no sign of life', async () => {
    const { made, socket } = await recorder()
    socket.close()
    const silent = await bed.open(made.id)
    await bed.http.untilStatus(made, 'ready')
    expect(silent.isOpen).toBe(true)
    silent.close()
  })

  test('a recording into which nothing was ever stored becomes `empty`, and records when a chunk comes', async () => {
    const made = await bed.http.create()
    expect(await bed.http.untilStatus(made, 'empty')).toMatchObject({ version: 0 })
    const socket = await bed.greet(made)
    expect(await socket.nextJson(TYPE.WELCOME)).toMatchObject({ status: 'empty' })
    socket.send(take(0), chunk(0, slice(0)))
    await socket.until('ack 0/0')
    expect(await socket.status('recording')).toMatchObject({ version: 0 })
    expect(await statusOf(made)).toBe('recording')
  })

  test('I8: a recorder that leaves with a hole is `incomplete`, and names it', async () => {
    const made = await bed.http.create()
    const socket = await bed.greet(made)
    socket.send(take(0), ...[0, 1, 3, 4].map((seq) => chunk(seq, slice(seq))))
    await socket.until('ack 0/4', 'ack 0/3', 'ack 0/1', 'ack 0/0')
    socket.close()
    const view = await bed.http.untilStatus(made, 'incomplete')
    expect(view.gaps).toMatchObject([{ take: 0, fromSeq: 2, toSeq: 2 }])
    const media = await bed.http.media(made)
    expect(media.length).toBeGreaterThan(slice(0).length)
  })
})
