// Stored bytes that change on the disk, over the wire: never served, told to whoever still has them, made good by the next
// copy. What is left of the recording is another version meanwhile.
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flipBit } from '../support/compaction-site.ts'
import { loadTake } from '../support/corpus.ts'
import { buildWithout, sendTake } from '../support/damaged-take.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireBed } from '../support/wire-bed.ts'
import { bearer, type Made } from '../support/wire-client.ts'
import type { WireConnection } from '../support/wire-connection.ts'
import { type Bytes, check, chunk, digest, finish, take } from '../support/wire-frames.ts'

const camera = loadTake('webm-vp8-opus-ts1000-30s')
const slices = camera.slices.slice(0, 8)
const LOST = 5
/** All of it, and without the chunk that is lost. */
const whole = buildWithout(sendTake({ ...camera, slices }, 'as recorded'), []).bytes
const holed = buildWithout(sendTake({ ...camera, slices }, 'as recorded'), [LOST]).bytes

let bed: WireBed
beforeAll(async () => {
  bed = await WireBed.start('bun', { HOLDFAST_COMPACT_AFTER_MS: '0' })
})
afterAll(() => bed.stop())

const frame = (seq: number) => chunk(seq, slices[seq] ?? new Uint8Array(0))
const sha256 = (seq: number) => digest(slices[seq] ?? new Uint8Array(0))

/** A recording with everything sent, and its recorder, which has not gone. */
async function recorded(): Promise<{ made: Made; recorder: WireConnection }> {
  const made = await bed.http.create()
  const recorder = await bed.greet(made)
  recorder.send(take(0, { mimeType: camera.mimeType }), ...slices.keys().map(frame))
  await recorder.until('take 0', ...slices.keys().map((seq) => `ack 0/${seq}`))
  return { made, recorder }
}

/** One bit of its last byte: whoever looks at a part of it only sees nothing. */
async function flip({ id }: Made, seq: number): Promise<void> {
  const [row] = await bed.sql`
    select segment, "offset", bytes from chunks
    where recording_id = ${id} and take = 0 and seq = ${seq}`
  const path = join(bed.server.dataDir, 'store', id.slice(-2), id, String(row?.segment))
  await flipBit(path, () => Number(row?.offset) + Number(row?.bytes) - 1)
}

/** What a player gets: the code of an error, `broken off`, or every byte. Bun has no code for a body that breaks off at once. */
async function play({ id, token }: Made, query = ''): Promise<string | Bytes> {
  const url = `${bed.url}/api/recordings/${id}/media${query}`
  const response = await fetch(url, { headers: bearer(token) })
  if (!response.ok) {
    const body = (await response.json().catch(() => null)) as { error: { code: string } } | null
    return body?.error.code ?? 'broken off'
  }
  return await response.arrayBuffer().then(
    (body) => new Uint8Array(body),
    () => 'broken off',
  )
}

async function marked({ id }: Made): Promise<number> {
  const [row] = await bed.sql`
    select count(*)::int as marked from chunks
    where recording_id = ${id} and damaged_at is not null`
  return Number(row?.marked)
}

const playable = async (made: Made): Promise<Bytes> => {
  const played = await play(made)
  return typeof played === 'string' ? new Uint8Array() : played
}

describe('a bit that flips in a stored chunk', () => {
  test('is never served; the recording goes on without the chunk, and is whole when it comes again', async () => {
    const { made, recorder } = await recorded()
    recorder.send(finish([slices.length]))
    await bed.http.untilStatus(made, 'ready', 1)
    expect(await play(made)).toEqual(whole)
    await flip(made, LOST)
    expect(['bytes_damaged', 'broken off']).toContain(await play(made, '?version=1'))

    expect(await recorder.event('missing')).toMatchObject({ missing: { 0: [[LOST, LOST]] } })
    const view = await bed.http.untilStatus(made, 'incomplete', 2)
    expect(view.gaps).toMatchObject([{ take: 0, fromSeq: LOST, toSeq: LOST }])
    expect(await play(made)).toEqual(holed)
    // The address of a version never gives anything else than that version.
    expect(await play(made, '?version=1')).toBe('bytes_damaged')

    recorder.send(check(0, LOST, sha256(LOST)), check(0, LOST - 1, sha256(LOST - 1)))
    await recorder.until(`nack 0/${LOST} not_stored`)
    recorder.send(frame(LOST))
    await bed.http.untilStatus(made, 'ready', 3)
    expect(await play(made)).toEqual(whole)
    expect(await play(made, '?version=1')).toEqual(whole)
    expect(await play(made, '?version=2')).toEqual(holed)
    recorder.close()
  })

  test('in the first bytes that are asked for is an error with its code, and no answer', async () => {
    const { made, recorder } = await recorded()
    recorder.send(finish([slices.length]))
    await bed.http.untilStatus(made, 'ready', 1)
    recorder.close()
    await flip(made, 0)
    const response = await fetch(`${bed.url}/api/recordings/${made.id}/media?version=1`, {
      headers: { ...bearer(made.token), Range: 'bytes=0-' },
    })
    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({ error: { code: 'bytes_damaged', retry: true } })
    await bed.http.untilStatus(made, 'incomplete', 2)
  })

  test('while recording: the finalizer finds it, and whoever connects next is told what is missing', async () => {
    const { made, recorder } = await recorded()
    await waitFor('every index', async () => {
      const rows = await bed.sql`
        select 1 from chunks where recording_id = ${made.id} and index is null`
      return rows.length === 0
    })
    // Nothing is known of these bytes any more but what the disk says: the finalizer has to read them.
    await bed.sql`update chunks set index = null where recording_id = ${made.id}`
    await flip(made, LOST)
    recorder.close()
    const view = await bed.http.untilStatus(made, 'incomplete', 1)
    expect(view.gaps).toMatchObject([{ take: 0, fromSeq: LOST, toSeq: LOST }])
    const next = await bed.greet(made)
    const welcome = await next.nextJson<{ have: unknown }>(0x81)
    expect(welcome.have).toEqual({
      0: [
        [0, LOST - 1],
        [LOST + 1, slices.length - 1],
      ],
    })
    next.send(frame(LOST), finish([slices.length]))
    await next.until(`ack 0/${LOST}`)
    await bed.http.untilStatus(made, 'ready', 2)
    expect(await play(made)).toEqual(whole)
    next.close()
  })
})

test('a segment that the disk answers with an error is looked into when somebody plays it, and comes again', async () => {
  const { made, recorder } = await recorded()
  recorder.send(finish([slices.length]))
  await bed.http.untilStatus(made, 'ready', 1)
  recorder.close()
  // Another process, so that nothing is written into that segment any more.
  await bed.server.restart()
  const again = await bed.greet(made)
  const [row] = await bed.sql`select segment from chunks where recording_id = ${made.id}`
  const path = join(bed.server.dataDir, 'store', made.id.slice(-2), made.id, String(row?.segment))
  await rm(path)
  // It can be opened, and reading it is an error that is not "there is nothing".
  await mkdir(path)
  expect(['store_failed', 'broken off']).toContain(await play(made))
  expect(await again.event('missing')).toMatchObject({ missing: { 0: [[0, 0]] } })
  await waitFor('the rest to be looked at', async () => (await marked(made)) === slices.length)
  again.send(...slices.keys().map(frame))
  await again.until(...slices.keys().map((seq) => `ack 0/${seq}`))
  await waitFor('the whole file', async () => Buffer.compare(await playable(made), whole) === 0)
  again.close()
})

test('a whole recording that is damaged says what is missing, and that there is nothing to play', async () => {
  const { made, recorder } = await recorded()
  recorder.send(finish([slices.length]))
  await bed.http.untilStatus(made, 'ready', 1)
  recorder.close()
  for (const seq of slices.keys()) await flip(made, seq)
  expect(await play(made)).toBe('bytes_damaged')
  const view = await bed.http.untilStatus(made, 'incomplete', 2)
  expect(view.gaps).toMatchObject([{ fromSeq: 0, toSeq: slices.length - 1 }])
  expect(await play(made)).toBe('no_media')
})
