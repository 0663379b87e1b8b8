// Recordings that belong together: found by the name of their group, and told when each of them begins.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { RUNTIMES, startServer } from '../support/server.ts'
import { WireBed } from '../support/wire-bed.ts'
import { type Made, WireHttp } from '../support/wire-client.ts'
import { chunk, finishBody, streamed, take } from '../support/wire-frames.ts'

const { slices, mimeType } = loadTake('webm-vp8-opus-requestdata-6s')
const STARTED_AT = Date.parse('2026-01-02T03:04:05.000Z')

type Group = {
  group: string
  startedAt: string | null
  recordings: { id: string; offsetMs: number | null; mediaUrl: string | null }[]
}

describe.each(RUNTIMES)('on %s', (runtime) => {
  let bed: WireBed
  let http: WireHttp

  beforeAll(async () => {
    bed = await WireBed.start(runtime, { HOLDFAST_GRACE_MS: '60000' })
    http = new WireHttp(bed.url)
  })
  afterAll(() => bed.stop())

  /** Takes that began so many ms after the first recorder of the group. */
  async function record(group: string, ...startsMs: readonly number[]): Promise<Made> {
    const made = await http.create({ group })
    for (const [number, startMs] of startsMs.entries()) {
      const startedAt = new Date(STARTED_AT + startMs).toISOString()
      const chunks = slices.map((bytes, seq) => chunk(seq, bytes, { take: number }))
      await http.frames(made, streamed(take(number, { mimeType, startedAt }), ...chunks), made)
    }
    const body = JSON.stringify({ ...finishBody(startsMs.map(() => slices.length)), ...made })
    await http.call('POST', `/api/recordings/${made.id}/stop`, body)
    await http.untilStatus(made, 'ready', 1)
    return made
  }

  const groupOf = async (name: string) =>
    await http.call<Group>('GET', `/api/groups/${encodeURIComponent(name)}`)

  it('are listed in the order in which they began, with the time between', async () => {
    const name = `interview ${randomUUID()}/ä`
    const screen = await record(name, 840, 30_000)
    const camera = await record(name, 0)
    const waiting = await http.create({ group: name })
    await record(`${name} 2`, 0)
    const { status, body } = await groupOf(name)
    expect(status).toBe(200)
    expect(body).toMatchObject({ group: name, startedAt: new Date(STARTED_AT).toISOString() })
    expect(body.recordings.map(({ id, offsetMs }) => [id, offsetMs])).toEqual([
      [camera.id, 0],
      [screen.id, 840],
      [waiting.id, null],
    ])
    const link = await fetch(`${bed.url}${body.recordings[1]?.mediaUrl}&pauses=kept`)
    expect(link.status).toBe(200)
  })

  it('are a filter of the list', async () => {
    const name = randomUUID()
    const made = await record(name, 0)
    const query = new URLSearchParams({ group: name })
    const { body } = await http.call<Group>('GET', `/api/recordings?${query}`)
    expect(body.recordings.map(({ id }) => id)).toEqual([made.id])
    const other = await http.call<Group>('GET', '/api/recordings?group=nobody')
    expect(other.body.recordings).toEqual([])
  })

  it('of no recording there is no group', async () => {
    expect(await groupOf('nobody')).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found' } },
    })
    expect((await groupOf('\0')).status).toBe(400)
  })
})

describe('with keys', () => {
  it('only the admin sees a group: its name is no secret', async () => {
    const env = { HOLDFAST_ADMIN_KEY: 'a'.repeat(32), HOLDFAST_API_KEYS: 'b'.repeat(32) }
    const server = await startServer({ runtime: 'bun', env })
    try {
      const ask = (key: string) =>
        fetch(`${server.url}/api/groups/any`, { headers: { Authorization: `Bearer ${key}` } })
      expect((await ask('b'.repeat(32))).status).toBe(403)
      expect((await ask('a'.repeat(32))).status).toBe(404)
    } finally {
      await server.stop()
    }
  })
})
