import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WireBed } from '../support/wire-bed.ts'
import type { WireConnection } from '../support/wire-connection.ts'
import { check, chunk, digest, noise, TYPE, take, wire } from '../support/wire-frames.ts'
import { WIRES } from '../support/wires.ts'

describe.each(WIRES)('chunks on $name', ({ runtime, over }) => {
  let bed: WireBed
  beforeAll(async () => {
    bed = await WireBed.start(runtime, {}, over)
  })
  afterAll(() => bed.stop())

  const nack = (socket: WireConnection, at = 0) =>
    socket.nextJson<{ code: string; retry: boolean }>(TYPE.NACK, at)

  /** Every byte that the server keeps of a recording, as one buffer. */
  async function bytesOnDisk(id: string): Promise<Buffer> {
    const entries = await readdir(bed.server.dataDir, { recursive: true, withFileTypes: true })
    const files = entries.filter((one) => one.isFile() && one.parentPath.includes(id))
    return Buffer.concat(
      await Promise.all(files.map((one) => readFile(join(one.parentPath, one.name)))),
    )
  }

  test('rule 1, I1: an acked chunk is on the disk and in the ledger when its ACK is read', async () => {
    const made = await bed.http.create()
    const socket = await bed.greet(made)
    socket.send(take(0))
    for (let seq = 0; seq < 10; seq++) {
      const bytes = noise(3000, seq)
      socket.send(chunk(seq, bytes))
      await socket.until(`ack 0/${seq}`)
      expect((await bytesOnDisk(made.id)).includes(Buffer.from(bytes))).toBe(true)
      const [row] = await bed.sql`
        select sha256, bytes from chunks where recording_id = ${made.id} and seq = ${seq}`
      expect(new Uint8Array(row?.sha256)).toEqual(digest(bytes))
    }
  })

  test('rule 2: the same chunk again is acked and stored once', async () => {
    const made = await bed.http.create()
    const socket = await bed.greet(made)
    const same = chunk(0, noise(2000, 1))
    socket.send(take(0), same, same, same)
    await socket.next(TYPE.ACK, 3)
    const again = await bed.greet(made)
    again.send(same)
    await again.until('ack 0/0')
    expect(await bed.stored(made)).toEqual(['0/0'])
    const disk = await bytesOnDisk(made.id)
    expect(disk.indexOf(Buffer.from(noise(2000, 1)))).toBe(
      disk.lastIndexOf(Buffer.from(noise(2000, 1))),
    )
  })

  test('rule 2: other bytes under the number are refused for good, kept aside, and the first stay', async () => {
    const made = await bed.http.create()
    const socket = await bed.greet(made)
    socket.send(take(0), chunk(0, noise(2000, 1)))
    await socket.until('ack 0/0')
    socket.send(chunk(0, noise(2000, 2)))
    expect(await nack(socket)).toEqual({
      code: 'chunk_conflict',
      message: expect.any(String),
      retry: false,
    })
    expect((await bytesOnDisk(made.id)).includes(Buffer.from(noise(2000, 2)))).toBe(true)
    const [row] = await bed.sql`select sha256 from chunks where recording_id = ${made.id}`
    expect(new Uint8Array(row?.sha256)).toEqual(digest(noise(2000, 1)))
    expect((await bed.http.view(made)).body.bytes).toBe(4000)
    expect(socket.isOpen).toBe(true)
  })

  test('rule 2: of ever other bytes eight copies are kept, then only their digests', async () => {
    const made = await bed.http.create()
    const socket = await bed.greet(made)
    socket.send(take(0), chunk(0, noise(1000, 1)))
    await socket.until('ack 0/0')
    for (let i = 0; i < 10; i++) {
      socket.send(chunk(0, noise(1000, 100 + i)))
      expect(await nack(socket, i)).toMatchObject({ code: 'chunk_conflict' })
    }
    const disk = await bytesOnDisk(made.id)
    const kept = Array.from({ length: 10 }, (_, i) =>
      disk.includes(Buffer.from(noise(1000, 100 + i))),
    )
    expect(kept).toEqual([...Array(8).fill(true), false, false])
    expect((await bed.http.view(made)).body.bytes).toBe(9000)
  })

  test('rule 3: bytes that do not match their sha256 are refused, and nothing is stored', async () => {
    const made = await bed.http.create()
    const socket = await bed.greet(made)
    socket.send(take(0), chunk(0, noise(2000, 1), { sha256: digest(noise(2000, 2)) }))
    expect(await nack(socket)).toMatchObject({ code: 'digest_mismatch', retry: true })
    expect(await bed.stored(made)).toEqual([])
    expect((await bytesOnDisk(made.id)).includes(Buffer.from(noise(2000, 1)))).toBe(false)
    socket.send(chunk(0, noise(2000, 1)))
    await socket.until('ack 0/0')
  })

  test('rule 3: a chunk before its TAKE is refused, and taken after it', async () => {
    const made = await bed.http.create()
    const socket = await bed.greet(made)
    socket.send(chunk(0, noise(100, 1), { take: 4 }))
    expect(await nack(socket)).toMatchObject({ code: 'take_unknown', retry: true })
    expect(socket.of(TYPE.NACK)[0]).toMatchObject({ take: 4, seq: 0 })
    expect(await bed.stored(made)).toEqual([])
    socket.send(take(4), chunk(0, noise(100, 1), { take: 4 }))
    await socket.until('take 4', 'ack 4/0')
  })

  test('rule 9: any other frame that is too long ends the connection, and says why', async () => {
    for (const length of [4 * 2 ** 20 + 100, 8 * 2 ** 20]) {
      const socket = await bed.greet(await bed.http.create())
      socket.send(wire(TYPE.TAKE, noise(length, 1)))
      expect(await socket.nextJson(TYPE.ERROR)).toMatchObject({ code: 'frame_too_large' })
      expect(await socket.closed()).toBe(4400)
    }
  })

  test('rule 3: a chunk that is too large is refused, and the connection stays', async () => {
    const made = await bed.http.create()
    const socket = await bed.greet(made)
    socket.send(take(0), chunk(0, noise(4 * 2 ** 20 + 1, 1)))
    expect(await nack(socket)).toMatchObject({ code: 'chunk_too_large', retry: false })
    socket.send(chunk(0, noise(100, 1)))
    await socket.until('ack 0/0')
  })

  test('rule 3: a database that cannot commit means `unavailable`, never an ack', async () => {
    const made = await bed.http.create()
    const socket = await bed.greet(made)
    socket.send(take(0))
    await socket.until('take 0')
    await bed.sql`alter table chunks add constraint away check (bytes <> 77) not valid`
    socket.send(chunk(0, noise(77, 1)))
    expect(await nack(socket)).toMatchObject({ code: 'unavailable', retry: true })
    expect(await bed.stored(made)).toEqual([])
    await bed.sql`alter table chunks drop constraint away`
    socket.send(chunk(0, noise(77, 1)))
    await socket.until('ack 0/0')
  })

  test('rule 4, I11: any order is accepted, gaps are no error, empty chunks are valid', async () => {
    const made = await bed.http.create()
    const socket = await bed.greet(made)
    socket.send(take(0))
    for (const seq of [9, 0, 4, 5, 1]) socket.send(chunk(seq, noise(seq === 4 ? 0 : 50, seq)))
    await socket.until('ack 0/9', 'ack 0/0', 'ack 0/4', 'ack 0/5', 'ack 0/1')
    expect(socket.of(TYPE.NACK)).toEqual([])
    expect(await bed.stored(made)).toEqual(['0/0', '0/1', '0/4', '0/5', '0/9'])
  })

  test('CHECK: ACK for exactly these bytes, NACK `not_stored` for all else', async () => {
    const made = await bed.http.create()
    const socket = await bed.greet(made)
    socket.send(take(0), chunk(0, noise(50, 1)))
    await socket.until('ack 0/0')
    const { length } = socket.of(TYPE.ACK)
    socket.send(check(0, 0, digest(noise(50, 1))))
    expect(await socket.next(TYPE.ACK, length)).toMatchObject({ flags: 0, take: 0, seq: 0 })
    socket.send(check(0, 0, digest(noise(50, 2))), check(0, 1, digest(noise(50, 1))))
    await socket.until('nack 0/0 not_stored', 'nack 0/1 not_stored')
    expect(await nack(socket)).toMatchObject({ retry: true })
  })

  describe('rule 5: a TAKE', () => {
    const init = noise(150, 9)

    test('is acked each time it is repeated; a null init may be filled once', async () => {
      const made = await bed.http.create()
      const socket = await bed.greet(made)
      socket.send(take(0), take(0), take(0, { init }), take(0, { init }), take(0))
      await socket.next(TYPE.ACK, 4)
      expect(socket.of(TYPE.ACK).map(({ flags, take: of }) => [flags, of])).toEqual(
        Array(5).fill([1, 0]),
      )
      const [row] = await bed.sql`select init from takes where recording_id = ${made.id}`
      expect(new Uint8Array(row?.init)).toEqual(init)
    })

    test('keeps its first `startedAt`', async () => {
      const made = await bed.http.create()
      const socket = await bed.greet(made)
      socket.send(take(0, { init }), take(0, { init, startedAt: '2030-01-01T00:00:00Z' }))
      await socket.next(TYPE.ACK, 1)
      const [row] = await bed.sql`select started_at from takes where recording_id = ${made.id}`
      expect(new Date(String(row?.started_at))).toEqual(new Date('2026-01-02T03:04:05.678Z'))
    })

    test.each([
      ['another init', { init: noise(150, 10) }],
      ['another mimeType', { init, mimeType: 'video/mp4' }],
    ])('with %s is a conflict, and the next take number is free', async (_, parts) => {
      const made = await bed.http.create()
      const socket = await bed.greet(made)
      socket.send(take(0, { init }))
      await socket.until('take 0')
      socket.send(take(0, parts))
      expect(await nack(socket)).toMatchObject({ code: 'take_conflict', retry: false })
      socket.send(take(1, parts), chunk(0, noise(10, 1), { take: 1 }))
      await socket.until('take 1', 'ack 1/0')
      const [row] = await bed.sql`
        select init, mime_type from takes where recording_id = ${made.id} and take = 0`
      expect(new Uint8Array(row?.init)).toEqual(init)
      expect(row?.mime_type).toBe('video/webm')
    })
  })
})
