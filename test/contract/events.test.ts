// GET /api/events: live, resumed without a hole, and only what one may hear.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EventListener, type Heard } from '../support/event-listener.ts'
import { HAS_FLEET, RUNTIMES } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireBed } from '../support/wire-bed.ts'
import { type Made, WireHttp } from '../support/wire-client.ts'

describe.each(RUNTIMES)('on %s', (runtime) => {
  let bed: WireBed
  let http: WireHttp

  beforeAll(async () => {
    // What is made from a recording is told later than its result: nothing here waits for that.
    bed = await WireBed.start(runtime, { HOLDFAST_FFMPEG: 'off', HOLDFAST_GRACE_MS: '10000' })
    http = new WireHttp(bed.url)
  })
  afterAll(() => bed.stop())

  const listen = (query = '', lastEventId?: string) =>
    EventListener.open(`${bed.url}/api/events${query}`, lastEventId)

  async function finish(): Promise<Made> {
    const made = await http.create()
    await http.put(made, { take: 0, seq: 0 }, Buffer.from('bytes'))
    const body = JSON.stringify({ token: made.token, takes: [{ take: 0, chunks: 1 }] })
    await http.call('POST', `/api/recordings/${made.id}/stop`, body)
    await http.untilStatus(made, 'ready', 1)
    return made
  }

  it('tells what becomes of every recording, with a link that plays', async () => {
    const listener = await listen()
    const { id } = await finish()
    await listener.until('ready', (heard) =>
      heard.some(({ event }) => event.type === 'ready' && event.id === id),
    )
    listener.close()
    const ready = listener.heard.find(({ event }) => event.type === 'ready')?.event
    if (ready?.type !== 'ready') throw new Error('no ready event')
    expect(ready).toMatchObject({ version: 1, status: 'ready', gaps: [] })
    expect((await fetch(`${bed.url}${ready.mediaUrl}`)).status).toBe(200)
  })

  it('tells one recording’s listener of that one only, and first where it stands', async () => {
    const made = await http.create()
    const listener = await listen(`?recording=${made.id}`)
    await listener.until('the first event', (heard) => heard.length >= 1)
    expect(listener.heard[0]).toMatchObject({ id: null, event: { type: 'status', id: made.id } })
    await finish()
    await http.call('DELETE', `/api/recordings/${made.id}`)
    await listener.until('deleted', (heard) => heard.some(({ event }) => event.type === 'deleted'))
    listener.close()
    expect(listener.heard.every(({ event }) => event.id === made.id)).toBe(true)
  })

  it('resumes behind the last event, without a hole and without a repeat', async () => {
    const whole = await listen()
    const early = await listen()
    await finish()
    await early.until('something', (heard) => heard.length >= 2)
    early.close()
    const last = early.heard.at(-1)
    const missed = await finish()
    await whole.until('the second recording', (heard) =>
      heard.some(({ event }) => event.type === 'ready' && event.id === missed.id),
    )
    const later = await listen('', last?.id ?? '')
    const third = await finish()
    const isOver = (heard: Heard[]) =>
      heard.some(({ event }) => event.type === 'ready' && event.id === third.id)
    await Promise.all([whole.until('the end', isOver), later.until('the end', isOver)])
    whole.close()
    later.close()
    const ids = (heard: Heard[]) => heard.map(({ id }) => id)
    const from = ids(whole.heard).indexOf(last?.id ?? '')
    expect(from).toBeGreaterThanOrEqual(0)
    expect(ids(later.heard)).toEqual(ids(whole.heard).slice(from + 1))
    expect(new Set(ids(whole.heard)).size).toBe(whole.heard.length)
  })

  it.skipIf(HAS_FLEET)('resumes over a restart of the server', async () => {
    const before = await listen()
    await finish()
    await before.until('something', (heard) => heard.some(({ event }) => event.type === 'ready'))
    const last = before.heard.at(-1)
    const made = await http.create()
    await http.put(made, { take: 0, seq: 0 }, Buffer.from('bytes'))
    await bed.server.restart()
    await waitFor('the stream to be closed', () => before.isClosed)
    const later = await listen('', last?.id ?? '')
    await http.call('POST', `/api/recordings/${made.id}/finalize`)
    await later.until('ready', (heard) =>
      heard.some(({ event }) => event.type === 'ready' && event.id === made.id),
    )
    later.close()
    expect(later.heard.map(({ id }) => id)).not.toContain(last?.id)
  })

  // Where `now` is differs by moments between instances.
  it.skipIf(HAS_FLEET).each(['', 'garbage', '1', '-', '99999999999999999999-1'])(
    'begins now for the Last-Event-ID %j',
    async (lastEventId) => {
      const listener = await listen('', lastEventId)
      const { id } = await finish()
      await listener.until('ready', (heard) => heard.some(({ event }) => event.type === 'ready'))
      listener.close()
      expect(listener.heard.every(({ event }) => event.id === id)).toBe(true)
    },
  )

  it('refuses a recording that is not there', async () => {
    const response = await fetch(`${bed.url}/api/events?recording=${randomUUID()}`)
    expect(response.status).toBe(404)
  })

  it.skipIf(HAS_FLEET)('counts its listeners, and forgets who went', async () => {
    const listeners = await Promise.all([listen(), listen()])
    const open = async () => {
      const text = await (await fetch(`${bed.url}/metrics`)).text()
      return Number(/^holdfast_event_streams (\d+)$/m.exec(text)?.[1])
    }
    expect(await open()).toBeGreaterThanOrEqual(2)
    for (const listener of listeners) listener.close()
    await waitFor('nobody to listen', async () => (await open()) === 0)
  })
})
