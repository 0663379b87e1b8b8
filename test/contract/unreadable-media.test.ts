// Bytes that are no media, or none that we read (protocol §3): kept, finalized, served as they came, and said to be so.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { RUNTIMES } from '../support/server.ts'
import { WireBed } from '../support/wire-bed.ts'
import { type Made, WireHttp } from '../support/wire-client.ts'

const camera = loadTake('webm-vp8-opus-ts100-8s').joined
const text = (value: string) => new TextEncoder().encode(value)

const CASES: [string, { type: string; served: string; chunks: Uint8Array[] }][] = [
  [
    'noise that is called WebM',
    {
      type: 'video/webm',
      served: 'application/octet-stream',
      chunks: [randomBytes(5000), randomBytes(1), randomBytes(70_000)],
    },
  ],
  [
    'a page that is called MP4',
    {
      type: 'video/mp4',
      served: 'application/octet-stream',
      chunks: [text('<!doctype html><script>alert(1)</script>')],
    },
  ],
  [
    'a list that would lead a demuxer to other files',
    {
      type: 'text/html',
      served: 'application/octet-stream',
      chunks: [text('ffconcat version 1.0\nfile a\n')],
    },
  ],
  [
    'Ogg, which we do not read but a browser does',
    {
      type: 'audio/ogg; codecs=opus',
      served: 'audio/ogg',
      chunks: [text('OggS'), randomBytes(3000)],
    },
  ],
  [
    'a WebM header with its Tracks cut out',
    {
      type: 'video/webm',
      served: 'application/octet-stream',
      chunks: [camera.slice(0, 60), camera.slice(150, 9000)],
    },
  ],
  [
    'a beginning of a header and nothing more',
    { type: 'video/webm', served: 'application/octet-stream', chunks: [camera.slice(0, 90)] },
  ],
]

describe.each(RUNTIMES)('on %s', (runtime) => {
  let bed: WireBed
  let http: WireHttp

  beforeAll(async () => {
    bed = await WireBed.start(runtime, { HOLDFAST_GRACE_MS: '60000' })
    http = new WireHttp(bed.url)
  })
  afterAll(() => bed.stop())

  async function send(made: Made, type: string, chunks: readonly Uint8Array[], take = 0) {
    for (const [seq, bytes] of chunks.entries()) {
      const { status } = await http.put(made, { take, seq }, bytes, { 'Content-Type': type })
      expect(status).toBe(201)
    }
  }

  async function stop({ id, token }: Made, ...chunks: number[]): Promise<void> {
    const takes = chunks.map((count, take) => ({ take, chunks: count }))
    const body = JSON.stringify({ token, takes })
    expect((await http.call('POST', `/api/recordings/${id}/stop`, body)).status).toBe(202)
  }

  const media = ({ id }: Made, headers: Record<string, string> = {}) =>
    fetch(`${bed.url}/api/recordings/${id}/media`, { headers })

  it.each(CASES)('%s: is kept, served byte for byte, and said to be raw', async (_, sent) => {
    const made = await http.create({})
    await send(made, sent.type, sent.chunks)
    await stop(made, sent.chunks.length)
    await http.untilStatus(made, 'ready', 1)
    const { body } = await http.view(made)
    expect(body).toMatchObject({ status: 'ready', container: 'raw', durationMs: null, gaps: [] })
    expect(body.versions).toMatchObject([{ version: 1, container: 'raw' }])

    const whole = Buffer.concat(sent.chunks)
    const response = await media(made)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe(sent.served)
    expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), whole)).toBe(0)
    const part = await media(made, { Range: 'bytes=1-' })
    expect(part.status).toBe(206)
    expect(Buffer.compare(Buffer.from(await part.arrayBuffer()), whole.subarray(1))).toBe(0)
  })

  it('a hole makes it incomplete, and what is there is still served', async () => {
    const made = await http.create({})
    const [first, last] = [randomBytes(300), randomBytes(400)]
    await http.put(made, { take: 0, seq: 0 }, first, { 'Content-Type': 'video/webm' })
    await http.put(made, { take: 0, seq: 2 }, last, { 'Content-Type': 'video/webm' })
    await http.call('POST', `/api/recordings/${made.id}/finalize`)
    await http.untilStatus(made, 'incomplete', 1)
    const { body } = await http.view(made)
    expect(body).toMatchObject({ container: 'raw', gaps: [{ take: 0, fromSeq: 1, toSeq: 1 }] })
    const response = await media(made)
    expect(
      Buffer.compare(Buffer.from(await response.arrayBuffer()), Buffer.concat([first, last])),
    ).toBe(0)
  })

  it('a take that can be played goes before one that cannot', async () => {
    const made = await http.create({})
    await send(made, 'video/webm', [randomBytes(900)], 0)
    await send(made, 'video/webm', [camera], 1)
    await stop(made, 1, 1)
    await http.untilStatus(made, 'ready', 1)
    expect((await http.view(made)).body).toMatchObject({ container: 'webm' })
    expect((await media(made)).headers.get('content-type')).toBe('video/webm')
  })

  it('nothing but empty chunks is ready, and has no file', async () => {
    const made = await http.create({})
    await send(made, 'video/webm', [new Uint8Array(0)])
    await stop(made, 1)
    await http.untilStatus(made, 'ready', 1)
    const response = await media(made)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ error: { code: 'no_media' } })
  })
})
