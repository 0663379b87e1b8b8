// What people do with a recording afterwards: words, marks and trim, finding it again, and what its story says.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireBed } from '../support/wire-bed.ts'
import { bearer, type Made } from '../support/wire-client.ts'
import { chunk, finish, take } from '../support/wire-frames.ts'

const { slices } = loadTake('webm-vp8-opus-ts1000-30s')
const slice = (seq: number) => slices[seq] ?? new Uint8Array(0)

let bed: WireBed
beforeAll(async () => {
  bed = await WireBed.start('bun')
})
afterAll(() => bed.stop())

async function recorded(title?: string): Promise<Made> {
  const made = await bed.http.create(title === undefined ? {} : { title })
  for (const seq of [0, 1, 2]) await bed.http.put(made, { take: 0, seq }, slice(seq))
  const body = JSON.stringify({
    token: made.token,
    takes: [{ take: 0, chunks: 3 }],
    reason: 'user',
  })
  await bed.http.call('POST', `/api/recordings/${made.id}/stop`, body)
  await bed.http.untilStatus(made, 'ready')
  return made
}

type Edited = { title: string | null; marks: unknown; trim: unknown; error?: { message: string } }

const patch = (made: Made, body: unknown, headers = bearer(made.token)) =>
  bed.http.call<Edited>('PATCH', `/api/recordings/${made.id}`, JSON.stringify(body), headers)

describe('PATCH', () => {
  test('changes words, marks and trim, and no byte of the media', async () => {
    const made = await recorded('before')
    const media = await bed.http.media(made)
    const marks = [{ atMs: 1500, label: 'second' }, { atMs: 200 }]
    const answer = await patch(made, { title: 'after', marks, trim: { startMs: 0, endMs: 1800 } })
    expect(answer.status).toBe(200)
    const { body } = await bed.http.view(made)
    expect(body).toMatchObject({
      title: 'after',
      marks: [{ atMs: 200 }, { atMs: 1500, label: 'second' }],
      trim: { startMs: 0, endMs: 1800 },
      version: 1,
    })
    expect(await patch(made, { trim: null, title: null })).toMatchObject({
      body: { title: null, trim: null, marks: [{ atMs: 200 }, { atMs: 1500 }] },
    })
    expect(await bed.http.media(made)).toEqual(media)
  })

  test.each([
    [{}, 'One of title'],
    [{ status: 'ready' }, 'status'],
    [{ marks: [{ atMs: -1 }] }, 'marks'],
    [{ marks: [{ atMs: 0.5 }] }, 'marks'],
    [{ marks: Array.from({ length: 1001 }, (_, atMs) => ({ atMs })) }, 'marks'],
    [{ trim: { startMs: 5, endMs: 5 } }, 'trim'],
    [{ title: 'x'.repeat(501) }, 'title'],
  ])('refuses %j', async (body, word) => {
    const made = await bed.http.create()
    const answer = await patch(made, body)
    expect(answer.status).toBe(400)
    expect(answer.body.error?.message).toContain(word)
  })

  test('is for who recorded and the admin, not for who has a link or another token', async () => {
    const made = await recorded('mine')
    const other = await bed.http.create()
    expect((await patch(made, { title: 'x' }, bearer(other.token))).status).not.toBe(401)
    const { body } = await bed.http.view(made)
    const access = new URL(body.mediaUrl, bed.url).searchParams.get('access')
    const path = `/api/recordings/${made.id}?access=${access}`
    expect((await bed.http.call('PATCH', path, JSON.stringify({ title: 'x' }))).status).toBe(403)
  })

  test('of a deleted recording is 410', async () => {
    const made = await bed.http.create()
    await bed.http.call('DELETE', `/api/recordings/${made.id}`)
    expect((await patch(made, { title: 'x' })).status).toBe(410)
  })
})

describe('the list', () => {
  const list = async (query: string) => {
    const path = `/api/recordings?${query}`
    const { body } = await bed.http.call<{ recordings: { id: string }[]; next: string | null }>(
      'GET',
      path,
    )
    return { ids: body.recordings.map(({ id }) => id), next: body.next }
  }

  test('finds words, several statuses, and goes on where a page ended, in any order', async () => {
    const [a, b] = [await recorded('Needle one'), await recorded('a needle two')]
    expect(new Set((await list('q=NEEDLE&status=ready,incomplete')).ids)).toEqual(
      new Set([a.id, b.id]),
    )
    expect((await list('q=needle&status=empty,failed')).ids).toEqual([])
    const first = await list('q=needle&order=title&limit=1')
    expect(first.ids).toEqual([b.id])
    expect((await list(`q=needle&order=title&limit=1&after=${first.next}`)).ids).toEqual([a.id])
    const answer = await bed.http.call('GET', `/api/recordings?order=newest&after=${first.next}`)
    expect(answer.status).toBe(400)
    expect((await bed.http.call('GET', '/api/recordings?status=ready,x')).status).toBe(400)
  })
})

describe('the story', () => {
  type Entry = { what: string; [fact: string]: unknown }

  const isReturn = ({ what }: Entry) => what === 'returned'

  const storyOf = async (made: Made) => {
    const path = `/api/recordings/${made.id}/story`
    const { body } = await bed.http.call<{ story: Entry[] }>('GET', path, null, bearer(made.token))
    return body.story
  }

  test('tells what happened, in order: away and back, stopped, a version, late chunks, the next', async () => {
    const made = await bed.http.create()
    const socket = await bed.greet(made)
    socket.send(take(0), chunk(0, slice(0)), chunk(1, slice(1)))
    await socket.until('ack 0/0', 'ack 0/1')
    socket.close()
    await bed.sql`
      update recordings set last_seen_at = now() - interval '1200 ms' where id = ${made.id}`
    const again = await bed.greet(made)
    await waitFor('its return', async () => (await storyOf(made)).some(isReturn))
    again.send(finish([3], 'pagehide'))
    await bed.http.untilStatus(made, 'incomplete')
    await bed.http.put(made, { take: 0, seq: 2 }, slice(2))
    await bed.http.untilStatus(made, 'ready', 2)
    const told = await storyOf(made)
    const main = told.filter(({ what }) => what !== 'made')
    expect(main.map(({ what }) => what)).toEqual([
      ...['created', 'take', 'returned', 'stopped', 'version', 'late', 'version'],
    ])
    expect(main[2]?.awayMs).toBeGreaterThanOrEqual(1200)
    expect(main[3]).toMatchObject({ reason: 'pagehide' })
    expect(main[4]).toMatchObject({ version: 1, status: 'incomplete', gapCount: 1 })
    expect(main[5]).toMatchObject({ chunks: 1, version: 2 })
    expect(main[6]).toMatchObject({ version: 2, status: 'ready', gapCount: 0 })
    expect(again.heard).not.toContain('returned')
  })
})
