// Three instances behind a proxy that knows no sticky sessions: any of them takes any part of any recording's life. What
// one knows and another has changed is where they could differ.
import { createHash } from 'node:crypto'
import { readdir, readlink } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { EventListener } from '../support/event-listener.ts'
import { hasProxy } from '../support/reverse-proxy.ts'
import { alignSlices, buildFile } from '../support/take-pipeline.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireBed } from '../support/wire-bed.ts'
import { bearer, type Made, WireHttp, WireSocket } from '../support/wire-client.ts'
import { chunk, finish, finishBody, noise, streamed, TYPE, take } from '../support/wire-frames.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 180_000 })

const { slices, mimeType } = loadTake('webm-vp8-opus-ts1000-30s')
const recorded = alignSlices(slices.slice(0, 12))
const whole = { mimeType, init: recorded.init }
const bytesOf = (seq: number) => recorded.chunks[seq]?.bytes ?? new Uint8Array(0)
const count = recorded.chunks.length
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe.each([
  { proxy: 'nginx', hasRedis: true },
  { proxy: 'haproxy', hasRedis: false },
] as const)('behind $proxy, Redis: $hasRedis', ({ proxy, hasRedis }) => {
  const fleetTest = test.skipIf(!hasProxy(proxy))
  let bed: WireBed
  beforeAll(async () => {
    if (!hasProxy(proxy)) return
    bed = await WireBed.startFleet({ proxy, hasRedis, env: { HOLDFAST_GRACE_MS: '60000' } })
  })
  afterAll(() => bed?.stop())

  const urlAt = (n: number): string => bed.fleet?.at(n).url ?? ''
  const at = (n: number): WireHttp => new WireHttp(urlAt(n))
  const greetAt = (n: number, made: Made): Promise<WireSocket> => WireSocket.greet(urlAt(n), made)
  const stopAt = (n: number, { id, token }: Made, chunks: number) =>
    at(n).call(
      'POST',
      `/api/recordings/${id}/stop`,
      JSON.stringify({ token, ...finishBody([chunks]) }),
    )

  /** What the instances have open of a recording. */
  async function openFiles({ id }: Made): Promise<string[]> {
    const folders = (bed.fleet?.servers ?? []).map(({ pid }) => `/proc/${pid}/fd`)
    const paths = folders.map(async (folder) => {
      const names = await readdir(folder)
      return await Promise.all(names.map((fd) => readlink(`${folder}/${fd}`).catch(() => '')))
    })
    return (await Promise.all(paths)).flat().filter((path) => path.includes(id))
  }

  fleetTest('I1: chunks of one recording go to all, and all serve the same file', async () => {
    const made = await at(0).create()
    const sockets = await Promise.all([0, 1, 2].map((n) => greetAt(n, made)))
    for (const socket of sockets) socket.send(take(0, whole))
    await Promise.all(sockets.map((socket) => socket.until('take 0')))
    const sent = recorded.chunks.map(async ({ bytes }, seq) => {
      const frame = chunk(seq, bytes, { flags: 1 })
      const socket = sockets[seq % 3]
      if (seq % 2 === 0) {
        socket?.send(frame)
        return await socket?.until(`ack 0/${seq}`)
      }
      const { token } = made
      const { body } = await at(seq).frames(made, streamed(frame), { token })
      expect(body.acks).toEqual([[0, seq]])
    })
    await Promise.all(sent)
    sockets[1]?.send(finish([count]))
    // Whoever finalized: each socket hears of it, wherever it is connected.
    const heard = await Promise.all(sockets.map((socket) => socket.event('ready')))
    expect(heard.map(({ version }) => version)).toEqual([1, 1, 1])
    const expected = sha256(
      buildFile(
        recorded.init,
        recorded.chunks.map(({ bytes }) => bytes),
      ).bytes,
    )
    for (const n of [0, 1, 2]) expect(sha256(await at(n).media(made))).toBe(expected)
    // A link that one signed opens the file at another.
    const { mediaUrl } = (await at(0).view(made)).body
    expect((await fetch(`${urlAt(2)}${mediaUrl}`)).status).toBe(200)
  })

  fleetTest('a take that one instance was told of is known to all in the same breath', async () => {
    const made = await at(0).create()
    const [here, there] = await Promise.all([greetAt(0, made), greetAt(1, made)])
    here.send(take(0, whole))
    await here.until('take 0')
    // This socket was welcomed before there was a take.
    there.send(chunk(0, bytesOf(0), { flags: 1 }))
    await waitFor('an answer', () => there.answers.length > 0)
    expect(there.answers).toEqual(['ack 0/0'])
  })

  fleetTest('a header that one was told of counts for a chunk that another takes', async () => {
    const made = await at(0).create()
    const [here, there] = await Promise.all([greetAt(0, made), greetAt(1, made)])
    here.send(take(0, { mimeType }))
    await here.until('take 0')
    there.send(take(0, whole))
    await there.until('take 0')
    here.send(...recorded.chunks.map(({ bytes }, seq) => chunk(seq, bytes, { flags: 1 })))
    await here.until(...recorded.chunks.map((_, seq) => `ack 0/${seq}`))
    here.send(finish([count]))
    await there.event('ready')
    const expected = buildFile(
      recorded.init,
      recorded.chunks.map(({ bytes }) => bytes),
    ).bytes
    expect(sha256(await at(2).media(made))).toBe(sha256(expected))
  })

  fleetTest('the same chunk to all at once is stored once and acked by each', async () => {
    const made = await at(0).create()
    const sockets = await Promise.all([0, 1, 2].map((n) => greetAt(n, made)))
    for (const socket of sockets) {
      socket.send(take(0, whole), ...[0, 1, 2, 3].map((seq) => chunk(seq, bytesOf(seq))))
    }
    const acks = [0, 1, 2, 3].map((seq) => `ack 0/${seq}`)
    await Promise.all(sockets.map((socket) => socket.until(...acks)))
    expect(await bed.stored(made)).toEqual(['0/0', '0/1', '0/2', '0/3'])
  })

  fleetTest(
    'I9: a FINISH at one and the last chunk at another, at once, are ready every time',
    async () => {
      const rounds = Array.from({ length: 8 }, async (_, round) => {
        const made = await at(round).create()
        const [here, there] = await Promise.all([greetAt(round, made), greetAt(round + 1, made)])
        here.send(take(0, whole), chunk(0, bytesOf(0), { flags: 1 }))
        await here.until('take 0', 'ack 0/0')
        there.send(chunk(1, bytesOf(1), { flags: 1 }))
        const stopped = await stopAt(round + 2, made, 2)
        expect(stopped.status).toBe(202)
        const [a, b] = await Promise.all([here.event('ready'), there.event('ready')])
        expect([a.version, b.version, b.gaps]).toEqual([1, 1, []])
      })
      await Promise.all(rounds)
    },
  )

  fleetTest(
    'events are heard at every instance, and resumed at another without a hole',
    async () => {
      const [first, second] = [await at(0).create(), await at(1).create()]
      const whole = await EventListener.open(`${urlAt(2)}/api/events`)
      const early = await EventListener.open(`${urlAt(0)}/api/events`)
      await at(1).put(first, { take: 0, seq: 0 }, noise(10, 1))
      await stopAt(2, first, 1)
      await early.event(first.id, 'ready')
      early.close()
      const last = early.heard.at(-1)?.id ?? ''
      await at(2).put(second, { take: 0, seq: 0 }, noise(10, 2))
      await stopAt(0, second, 1)
      await whole.event(second.id, 'ready')
      const later = await EventListener.open(`${urlAt(1)}/api/events`, last)
      await later.event(second.id, 'ready')
      const ids = whole.heard.map(({ id }) => id)
      const end = ids.indexOf((await later.event(second.id, 'ready')).id)
      const resumed = later.heard.map(({ id }) => id)
      const from = ids.indexOf(last)
      expect(from).toBeGreaterThanOrEqual(0)
      expect(resumed.slice(0, end - from)).toEqual(ids.slice(from + 1, end + 1))
      whole.close()
      later.close()
    },
  )

  fleetTest('a deletion at one ends uploads at all, and is undone at another', async () => {
    const made = await at(0).create()
    const socket = await greetAt(1, made)
    socket.send(take(0, whole), chunk(0, bytesOf(0), { flags: 1 }))
    await socket.until('ack 0/0')
    const address = `/api/recordings/${made.id}`
    expect((await at(0).call('DELETE', address)).status).toBe(200)
    expect(await socket.nextJson(TYPE.ERROR)).toMatchObject({ code: 'recording_deleted' })
    expect(await socket.closed()).toBe(4410)
    // Its bytes leave the disk with the last file that is open.
    await waitFor('all to let go of it', async () => (await openFiles(made)).length === 0)
    const { token } = made
    const late = await at(2).frames(made, streamed(chunk(1, bytesOf(1))), { token })
    expect(late.status).toBe(410)
    expect((await fetch(`${urlAt(1)}${address}/media`, { headers: bearer(token) })).status).toBe(
      410,
    )
    expect((await at(2).call('POST', `${address}/restore`)).status).toBe(200)
    const again = await greetAt(1, made)
    again.send(take(0, whole), chunk(1, bytesOf(1), { flags: 1 }), finish([2]))
    expect(await again.event('ready')).toMatchObject({ version: 1, gaps: [] })
  })

  fleetTest('a take of two kinds, made by PUT at two instances at once, is one take', async () => {
    for (let round = 0; round < 5; round += 1) {
      const made = await at(0).create()
      const types = ['video/webm', 'audio/webm', 'video/mp4']
      const answers = await Promise.all(
        types.map((type, n) =>
          at(n).put(made, { take: 0, seq: n }, noise(10, n), { 'Content-Type': type }),
        ),
      )
      expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
      expect((await at(1).view(made)).body.takes).toHaveLength(1)
    }
  })
})
