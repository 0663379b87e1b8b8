// After a deletion nothing of a recording is anywhere: whatever was going on when it was deleted, on whichever instance, and
// whoever goes on sending. The bytes are looked for, not the rows.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BYTE_PLACES, type BytePlace } from '../support/byte-place.ts'
import { loadTake } from '../support/corpus.ts'
import { ledgerViolations, sumOf } from '../support/invariants.ts'
import type { ServerProcess } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireBed } from '../support/wire-bed.ts'
import { bearer, type Made, WireHttp, WireSocket } from '../support/wire-client.ts'
import { chunk, finish, finishBody, hello, noise, streamed, take } from '../support/wire-frames.ts'

const { slices, mimeType } = loadTake('webm-vp8-opus-ts1000-30s')
const ENV = { HOLDFAST_COMPACT_AFTER_MS: '1', HOLDFAST_KEEP_REPLACED_MS: '1000' }
const SAMPLE_BYTES = 48

let place: BytePlace
let bed: WireBed
let other: ServerProcess

/** Bytes out of the middle of a slice that occur nowhere else. */
const markerOf = (bytes: Uint8Array) => {
  const at = Math.floor(bytes.length / 2)
  return Buffer.from(bytes.subarray(at, at + SAMPLE_BYTES))
}
const disputed = noise(5000, 4711)
const markers = [...slices.slice(0, 8), disputed].map(markerOf)

/** Chunks of one recording over both instances at once, one segment in each. */
async function send(made: Made, seqs: readonly number[], url = bed.url): Promise<void> {
  const socket = await WireSocket.greet(url, made)
  socket.send(take(0, { mimeType }), ...seqs.map((seq) => chunk(seq, slices[seq] ?? disputed)))
  await socket.until('take 0', ...seqs.map((seq) => `ack 0/${seq}`))
  socket.close()
}

async function stop(made: Made, total: number): Promise<void> {
  const body = JSON.stringify(finishBody([total]))
  await bed.http.call('POST', `/api/recordings/${made.id}/stop`, body, bearer(made.token))
}

const remove = ({ id }: Made) => bed.http.call('DELETE', `/api/recordings/${id}`)

/** Sends on over every rung until it is told that the recording is gone; resolves with what each rung said. */
async function insist(made: Made, url: string): Promise<void> {
  const http = new WireHttp(url)
  await waitFor('the end of an upload', async () => {
    const { status } = await http.put(made, { take: 0, seq: 5 }, slices[5] ?? disputed)
    return status === 410
  })
}

/** Each ends with a recording deleted in the middle of something. */
const DEATHS: Record<string, (made: Made) => Promise<unknown>> = {
  'while two instances take its chunks': async (made) => {
    await Promise.all([send(made, [0, 1]), send(made, [2, 3], other.url)])
    const going = [insist(made, bed.url), insist(made, other.url)]
    await remove(made)
    await Promise.all(going)
  },
  'in the moment of its stop': async (made) => {
    await send(made, [0, 1, 2])
    await Promise.all([stop(made, 3), remove(made)])
  },
  'while it is finalized': async (made) => {
    await send(made, [0, 1, 2])
    await Promise.all([bed.http.call('POST', `/api/recordings/${made.id}/finalize`), remove(made)])
  },
  'while its segments become one': async (made) => {
    await send(made, [0, 1, 2])
    await send(made, [3, 4], other.url)
    await stop(made, 5)
    await bed.http.untilStatus(made, 'ready')
    await waitFor('a compaction', async () => {
      const rows = await bed.sql`select segment from chunks where recording_id = ${made.id}`
      return rows.some(({ segment }) => String(segment).startsWith('object-'))
    })
    await remove(made)
  },
  'while an export is made of it': async (made) => {
    await send(made, [0, 1, 2, 3, 4, 5])
    await stop(made, 6)
    await bed.http.untilStatus(made, 'ready')
    await fetch(`${bed.url}/api/recordings/${made.id}/media.mp4`, { headers: bearer(made.token) })
    await remove(made)
  },
  'with evidence of a dispute': async (made) => {
    await send(made, [0, 1])
    const socket = await bed.greet(made)
    socket.send(chunk(1, disputed))
    await socket.until('nack 0/1 chunk_conflict')
    socket.close()
    await remove(made)
  },
}

/** Names of what names the recording where its bytes lay, and of what holds any of them. */
async function traces(all: readonly Made[]): Promise<string[]> {
  const lying = await place.everything(bed.server.dataDir)
  return lying.flatMap(({ name, bytes }) => [
    ...(all.some(({ id }) => name.includes(id)) ? [name] : []),
    ...(markers.some((marker) => bytes.includes(marker)) ? [`bytes in ${name}`] : []),
  ])
}

/** As if the time in which it can be undone were over. */
async function endUndo(all: readonly Made[]): Promise<void> {
  for (const { id } of all) {
    await bed.sql`
      update recordings set deleted_at = deleted_at - interval '31 s' where id = ${id}`
  }
}

async function metricsOf(name: string): Promise<number> {
  const texts = await Promise.all(
    [bed.url, other.url].map(async (url) => (await fetch(`${url}/metrics`)).text()),
  )
  return texts.reduce((sum, text) => sum + sumOf(text, name), 0)
}

describe.each(BYTE_PLACES)('in a %s', (_, openPlace) => {
  beforeAll(async () => {
    place = await openPlace()
    bed = await WireBed.start('bun', { ...ENV, ...place.env })
    other = await bed.startBeside('bun', { ...ENV, ...place.env })
  })
  afterAll(async () => {
    await other.kill()
    await bed.stop()
    await place.close()
  })

  test('I4, I14: a deleted recording leaves no byte anywhere, whatever was going on, and the numbers still add up', async () => {
    const all: Made[] = []
    await Promise.all(
      Object.values(DEATHS).map(async (die) => {
        const made = await bed.http.create({ title: 'secret' })
        all.push(made)
        await die(made)
      }),
    )
    // Bytes were there to be found.
    expect((await traces(all)).length).toBeGreaterThan(all.length)
    await endUndo(all)
    await waitFor(
      'the purges',
      async () => {
        // Somebody never gives up.
        await Promise.all(all.map((made) => bed.http.put(made, { take: 0, seq: 7 }, disputed)))
        const rows = await bed.sql`select id from recordings where purged_at is null`
        return rows.length === 0
      },
      { timeoutMs: 60_000 },
    )
    await waitFor('the last byte to go', async () => (await traces(all)).length === 0, {
      timeoutMs: 30_000,
    }).catch(() => undefined)
    expect(await traces(all)).toEqual([])

    for (const table of [
      'chunks',
      'takes',
      'versions',
      'conflicts',
      'retired_segments',
      'totals',
    ]) {
      expect([...(await bed.sql`select 1 from ${bed.sql(table)}`)], table).toEqual([])
    }
    const audit = await bed.sql`select title, deleted_at, purged_at from recordings`
    expect(audit).toHaveLength(all.length)
    for (const row of audit)
      expect(row).toMatchObject({ title: null, deleted_at: expect.any(String) })
    expect(await ledgerViolations(bed.sql)).toEqual([])
    // The purged side of I14: nothing is left, so all that was ever stored was counted as removed.
    expect(await metricsOf('holdfast_cleanup_chunks_total')).toBe(
      await metricsOf('holdfast_chunk_stored_total'),
    )
    expect(await metricsOf('holdfast_cleanup_purged_total')).toBe(all.length)
  }, 120_000)

  test('whoever comes late is told so on every rung, by every instance', async () => {
    const made = await bed.http.create()
    await send(made, [0])
    await remove(made)
    await endUndo([made])
    await waitFor('the purge', async () => {
      const [row] = await bed.sql`select purged_at from recordings where id = ${made.id}`
      return row?.purged_at
    })
    for (const url of [bed.url, other.url]) {
      const http = new WireHttp(url)
      const frames = streamed(chunk(1, disputed))
      const answers = await Promise.all([
        http.put(made, { take: 0, seq: 1 }, disputed),
        http.frames(made, frames, { token: made.token }),
        http.frames(made, frames, { token: made.token, type: 'text/plain' }),
        http.call('POST', `/api/recordings/${made.id}/stop`, '{"takes":[]}', bearer(made.token)),
        http.view(made),
        http.call('GET', `/api/recordings/${made.id}/media`, null, bearer(made.token)),
        http.call('POST', '/api/recordings', JSON.stringify(made)),
      ])
      expect(answers.map(({ status }) => status)).toEqual([410, 410, 410, 410, 410, 410, 410])
      for (const { body } of answers) {
        expect(body).toMatchObject({ error: { code: 'recording_deleted', retry: false } })
      }
      const socket = await WireSocket.open(url, made.id)
      socket.send(hello(made.id, made.token), finish([1]))
      expect(await socket.closed()).toBe(4410)
    }
  })
})
