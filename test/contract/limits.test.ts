import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { WireBed } from '../support/wire-bed.ts'
import type { WelcomeBody } from '../support/wire-client.ts'
import { chunk, finish, hello, noise, ping, TYPE, take } from '../support/wire-frames.ts'
import { MuteSocket } from '../support/wire-mute.ts'
import { WIRES } from '../support/wires.ts'

const TOP = 0xffffffff

describe.each(WIRES)('limits on $name', ({ runtime, over }) => {
  let bed: WireBed
  beforeAll(async () => {
    const env = {
      HOLDFAST_GRACE_MS: '60000',
      HOLDFAST_MAX_CHUNK_BYTES: '100KiB',
      HOLDFAST_MAX_RECORDING_BYTES: '1MiB',
    }
    bed = await WireBed.start(runtime, env, over)
  })
  afterAll(() => bed.stop())

  /** Runs `work` while nothing of the recording can be committed, so that nothing is acked. */
  async function whileUnacked(id: string, work: () => Promise<void>): Promise<void> {
    await bed.sql.begin(async (tx) => {
      await tx`select 1 from recordings where id = ${id} for update`
      await work()
    })
  }

  test('rule 10: more unacked chunks than the window end the connection, and nothing acked is lost', async () => {
    const made = await bed.http.create()
    const socket = await bed.greet(made)
    const { limits } = await socket.nextJson<WelcomeBody>(TYPE.WELCOME)
    expect(limits.maxChunkBytes).toBe(100 * 1024)
    socket.send(take(0), chunk(0, noise(10, 0)))
    await socket.until('ack 0/0')
    await whileUnacked(made.id, async () => {
      for (let seq = 1; seq <= limits.window; seq++) socket.send(chunk(seq, noise(10, seq)))
      socket.send(ping(1))
      await socket.until('pong 1')
      expect(socket.isOpen).toBe(true)
      socket.send(chunk(limits.window + 1, noise(10, 1)))
      expect(await socket.nextJson(TYPE.ERROR)).toMatchObject({
        code: 'window_exceeded',
        retry: true,
      })
      expect(await socket.closed()).toBe(4409)
    })
    const again = await bed.greet(made)
    again.send(chunk(0, noise(10, 0)))
    await again.until('ack 0/0')
  })

  test('rule 10: acks open the window again', async () => {
    const made = await bed.http.create()
    const socket = await bed.greet(made)
    socket.send(take(0))
    for (let from = 0; from < 96; from += 16) {
      for (let seq = from; seq < from + 16; seq++) socket.send(chunk(seq, noise(10, seq)))
      await socket.until(`ack 0/${from + 15}`, `ack 0/${from}`)
    }
    expect(socket.isOpen).toBe(true)
    await waitFor('all', async () => (await bed.stored(made)).length === 96)
  })

  test('rule 11: the largest seq and take are taken like any other', async () => {
    const made = await bed.http.create()
    const socket = await bed.greet(made)
    socket.send(take(0xffff), chunk(TOP, noise(10, 1), { take: 0xffff }))
    await socket.until('take 65535', `ack 65535/${TOP}`)
    socket.send(finish([]))
    expect(await socket.event('missing')).toMatchObject({ missing: { '65535': [[0, TOP - 1]] } })
    const again = await bed.greet(made)
    const { have } = await again.nextJson<WelcomeBody>(TYPE.WELCOME)
    expect(have).toEqual({ '65535': [[TOP, TOP]] })
    const view = await bed.http.view(made)
    expect(view.body.takes).toMatchObject([{ take: 0xffff, chunks: 1, missing: [[0, TOP - 1]] }])
    expect(JSON.stringify(view.body).length).toBeLessThan(4000)
  })

  test('rule 11: a total of 2^32 chunks is a few bytes of answer', async () => {
    const made = await bed.http.create()
    const socket = await bed.greet(made)
    socket.send(finish([0x1_0000_0000, 3]))
    const missing = await socket.event('missing')
    expect(missing.missing).toEqual({ '0': [[0, TOP]], '1': [[0, 2]] })
  })

  test('rule 11: `have` and `missing` are capped and say that there is more', async () => {
    const made = await bed.http.create()
    const socket = await bed.greet(made)
    socket.send(take(0))
    for (let from = 0; from < 240; from += 16) {
      for (let i = from; i < from + 16; i++) socket.send(chunk(2 * i + 1, noise(1, i)))
      await socket.until(`ack 0/${2 * (from + 15) + 1}`)
    }
    await waitFor('all', async () => (await bed.stored(made)).length === 240)
    const again = await bed.greet(made)
    const welcome = await again.nextJson<WelcomeBody>(TYPE.WELCOME)
    expect(welcome.have['0']).toHaveLength(200)
    expect(welcome.more).toBe(true)
    again.send(finish([500]))
    const missing = await again.event('missing')
    expect((missing.missing as { '0': unknown[] })['0']).toHaveLength(200)
    expect(missing.more).toBe(true)
  })

  test('rule 11: a recording that has its bytes is full, and what it has stays', async () => {
    const made = await bed.http.create()
    const socket = await bed.greet(made)
    socket.send(take(0))
    for (let seq = 0; seq < 10; seq++) {
      socket.send(chunk(seq, noise(100 * 1024, seq)))
      await socket.until(`ack 0/${seq}`)
    }
    socket.send(chunk(10, noise(100 * 1024, 10)))
    expect(await socket.nextJson(TYPE.NACK)).toMatchObject({ code: 'recording_full', retry: false })
    socket.send(chunk(0, noise(100 * 1024, 0)), finish([10]))
    expect(await socket.event('ready')).toMatchObject({ version: 1 })
    expect(await bed.stored(made)).toHaveLength(10)
  })

  test('a client that sends and never reads does not hold up the others', async () => {
    const made = await bed.http.create()
    const mute = await MuteSocket.open(bed.url, made.id)
    mute.send(hello(made.id, made.token))
    mute.pause()
    const flood = () => {
      for (let i = 0; i < 20_000 && !mute.isClosed; i++) mute.send(ping(i))
    }
    for (let round = 0; round < 5; round++) {
      flood()
      const other = await bed.greet(await bed.http.create())
      other.send(ping(1))
      await other.until('pong 1')
      other.close()
    }
    mute.destroy()
  })
})
