// The file of a recording over HTTP: the same bytes however it is asked for, at any moment, over a restart.
import { createHash } from 'node:crypto'
import { readdir, readlink } from 'node:fs/promises'
import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadTake, type RecordedTake } from '../support/corpus.ts'
import { buildWithout, sendTake } from '../support/damaged-take.ts'
import { expectedFile } from '../support/expected-file.ts'
import { HAS_FLEET, RUNTIMES } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireBed } from '../support/wire-bed.ts'
import { type Made, WireHttp } from '../support/wire-client.ts'

const camera = loadTake('webm-vp8-opus-ts100-8s')
const audio = loadTake('audio-webm-opus-ts1000-20s')
const matroska = loadTake('mkv-vp9-opus-ts1000-6s')
const fragments = loadTake('audio-mp4-opus-ts1000-12s')

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describe.each(RUNTIMES)('on %s', (runtime) => {
  let bed: WireBed
  let http: WireHttp

  beforeAll(async () => {
    bed = await WireBed.start(runtime, { HOLDFAST_GRACE_MS: '60000' })
    http = new WireHttp(bed.url)
  })
  afterAll(() => bed.stop())

  async function record(take: RecordedTake, parts: object = {}): Promise<Made> {
    const made = await http.create({ ...parts })
    await send(made, take, 0, take.slices.length)
    return made
  }

  async function send(made: Made, take: RecordedTake, from: number, to: number): Promise<void> {
    for (let seq = from; seq < to; seq += 1) {
      const slice = take.slices[seq] ?? new Uint8Array(0)
      const { status } = await http.put(made, { take: 0, seq }, slice, {
        'Content-Type': take.mimeType,
      })
      if (status !== 201) throw new Error(`chunk ${seq}: ${status}`)
    }
  }

  const finalize = async ({ id }: Made) =>
    (await http.call('POST', `/api/recordings/${id}/finalize`)).body

  async function stop({ id, token }: Made, chunks: number): Promise<void> {
    const body = JSON.stringify({ token, takes: [{ take: 0, chunks }] })
    const { status } = await http.call('POST', `/api/recordings/${id}/stop`, body)
    expect(status).toBe(202)
  }

  const get = ({ id }: Made, headers: Record<string, string> = {}, query = '') =>
    fetch(`${bed.url}/api/recordings/${id}/media${query}`, { headers })
  const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer())

  describe.each([
    ['camera and microphone', camera, 'video/webm'],
    ['microphone', audio, 'audio/webm'],
    ['Matroska', matroska, 'video/x-matroska'],
    ['fragmented MP4', fragments, 'audio/mp4'],
  ])('%s', (_name, take, type) => {
    const { file, bytes: expected } = expectedFile(take.slices)
    let made: Made

    beforeAll(async () => {
      made = await record(take)
      await stop(made, take.slices.length)
      await http.untilStatus(made, 'ready', 1)
    })

    it('is the laid out file, byte for byte, with its length and type', async () => {
      const response = await get(made)
      const bytes = await bytesOf(response)
      expect(sha256(bytes)).toBe(sha256(expected))
      expect(response.headers.get('content-length')).toBe(String(file.size))
      expect(response.headers.get('content-type')).toBe(type)
      expect(response.headers.get('accept-ranges')).toBe('bytes')
      const { body } = await http.view(made)
      expect(body).toMatchObject({ durationMs: file.durationMs, gaps: [] })
      expect(body.versions).toMatchObject([{ version: 1, bytes: file.size, status: 'ready' }])
    })

    it('is the same when it is put together from any ranges', async () => {
      const cuts = fc.uniqueArray(fc.nat(file.size), { minLength: 1, maxLength: 6 })
      await fc.assert(
        fc.asyncProperty(cuts, async (places) => {
          const bounds = [0, ...places.toSorted((a, b) => a - b), file.size]
          const parts: Uint8Array[] = []
          for (const [n, from] of bounds.slice(0, -1).entries()) {
            const to = bounds[n + 1] ?? 0
            if (to === from) continue
            const response = await get(made, { Range: `bytes=${from}-${to - 1}` })
            expect(response.status).toBe(206)
            expect(response.headers.get('content-range')).toBe(
              `bytes ${from}-${to - 1}/${file.size}`,
            )
            parts.push(await bytesOf(response))
          }
          expect(sha256(Buffer.concat(parts))).toBe(sha256(expected))
        }),
        { numRuns: 6 },
      )
    })
  })

  describe('conditions and odd ranges', () => {
    const { file, bytes: expected } = expectedFile(camera.slices)
    let made: Made
    let etag: string

    beforeAll(async () => {
      made = await record(camera, { title: 'Gespräch "1"/2' })
      await stop(made, camera.slices.length)
      await http.untilStatus(made, 'ready', 1)
      const response = await get(made)
      await response.arrayBuffer()
      etag = response.headers.get('etag') ?? ''
    })

    it('has a strong tag, the same for the same content', async () => {
      expect(etag).toMatch(/^"[\w-]+"$/)
      const again = await record(camera)
      const response = await get(again)
      await response.arrayBuffer()
      expect(response.headers.get('etag')).toBe(etag)
    })

    it.each([
      ['bytes=-5', 5],
      [`bytes=0-999999999`, null],
      ['bytes=0-0', 1],
    ])('answers %s', async (range, length) => {
      const response = await get(made, { Range: range })
      expect(response.status).toBe(206)
      expect((await bytesOf(response)).length).toBe(length ?? file.size)
    })

    it.each(['bytes=0-1,5-6', 'bytes=5-2', 'pages=1-2', 'bytes=x'])(
      'answers %s with the whole file',
      async (range) => {
        const response = await get(made, { Range: range })
        expect(response.status).toBe(200)
        expect((await bytesOf(response)).length).toBe(file.size)
      },
    )

    it('refuses a range behind the end and says how long the file is', async () => {
      const response = await get(made, { Range: `bytes=${file.size}-` })
      expect(response.status).toBe(416)
      expect(response.headers.get('content-range')).toBe(`bytes */${file.size}`)
      expect(await response.json()).toMatchObject({ error: { code: 'range_unsatisfiable' } })
    })

    it('gives the range only if the file is still the one that the client knows', async () => {
      const known = await get(made, { Range: 'bytes=10-19', 'If-Range': etag })
      expect([known.status, (await bytesOf(known)).length]).toEqual([206, 10])
      for (const other of ['"other"', `W/${etag}`, 'Tue, 01 Jan 2030 00:00:00 GMT']) {
        const response = await get(made, { Range: 'bytes=10-19', 'If-Range': other })
        expect([response.status, (await bytesOf(response)).length]).toEqual([200, file.size])
      }
    })

    it('answers If-None-Match and If-Match', async () => {
      for (const tags of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
        const response = await get(made, { 'If-None-Match': tags })
        expect([response.status, response.headers.get('etag')]).toEqual([304, etag])
      }
      expect((await get(made, { 'If-None-Match': '"x"', Range: 'bytes=0-1' })).status).toBe(206)
      expect((await get(made, { 'If-Match': '"x"' })).status).toBe(412)
      expect((await get(made, { 'If-Match': etag, Range: 'bytes=0-1' })).status).toBe(206)
    })

    it('answers HEAD with the headers of GET and no bytes', async () => {
      const response = await fetch(`${bed.url}/api/recordings/${made.id}/media`, {
        method: 'HEAD',
        headers: { Range: 'bytes=0-1' },
      })
      expect(response.status).toBe(200)
      expect(response.headers.get('content-length')).toBe(String(file.size))
      expect(response.headers.get('etag')).toBe(etag)
      expect((await response.arrayBuffer()).byteLength).toBe(0)
    })

    it('downloads under its title', async () => {
      const response = await get(made, { Range: 'bytes=0-0' }, '?download=1')
      expect(response.headers.get('content-disposition')).toBe(
        `attachment; filename="Gespr_ch 1 2.webm"; filename*=UTF-8''Gespr%C3%A4ch%201%202.webm`,
      )
      expect((await get(made)).headers.get('content-disposition')).toBeNull()
    })

    it.each(['version=9', 'version=0'])('has no %s', async (query) => {
      const response = await get(made, {}, `?${query}`)
      expect(await response.json()).toMatchObject({ error: { code: 'version_unknown' } })
    })

    it.each(['version=x', 'take=70000', 'generation=-1'])('refuses %s', async (query) => {
      expect((await get(made, {}, `?${query}`)).status).toBe(400)
    })

    it('keeps file, tag and link over a restart', async () => {
      const { body } = await http.call<{ mediaUrl: string }>('GET', `/api/recordings/${made.id}`)
      await bed.server.kill('SIGKILL')
      await bed.server.start()
      const response = await fetch(`${bed.url}${body.mediaUrl}`)
      expect(response.headers.get('etag')).toBe(etag)
      expect(sha256(await bytesOf(response))).toBe(sha256(expected))
    })
  })

  it('plays while it is recorded, and a pinned address never changes', async () => {
    const made = await http.create()
    expect((await get(made)).status).toBe(404)
    const half = Math.floor(camera.slices.length / 2)
    await send(made, camera, 0, half)
    const early = expectedFile(camera.slices.slice(0, half)).bytes
    const { body } = await http.call<{ mediaUrl: string }>('GET', `/api/recordings/${made.id}`)
    expect(body.mediaUrl).toContain('generation=')
    const pinned = async () => sha256(await bytesOf(await fetch(`${bed.url}${body.mediaUrl}`)))
    expect(await pinned()).toBe(sha256(early))
    await send(made, camera, half, camera.slices.length)
    expect(await pinned()).toBe(sha256(early))
    const now = await bytesOf(await get(made))
    expect(sha256(now)).toBe(sha256(expectedFile(camera.slices).bytes))
  })

  it('keeps every version: a late chunk makes the next one', async () => {
    const made = await http.create()
    const last = camera.slices.length - 1
    await send(made, camera, 0, last)
    expect(await finalize(made)).toMatchObject({ outcome: 'committed' })
    const first = expectedFile(camera.slices.slice(0, last)).bytes
    expect(sha256(await http.media(made))).toBe(sha256(first))
    await send(made, camera, last, last + 1)
    expect(await finalize(made)).toMatchObject({ outcome: 'committed' })
    await http.untilStatus(made, 'ready', 2)
    expect(sha256(await http.media(made, '?version=1'))).toBe(sha256(first))
    const whole = expectedFile(camera.slices).bytes
    expect(sha256(await http.media(made, '?version=2'))).toBe(sha256(whole))
    expect(sha256(await http.media(made))).toBe(sha256(whole))
  })

  it('goes on behind a hole and names it, in numbers and in time', async () => {
    const made = await http.create()
    await send(made, camera, 0, 20)
    await send(made, camera, 22, 30)
    await stop(made, 40)
    await http.call('POST', `/api/recordings/${made.id}/finalize`)
    const view = await http.untilStatus(made, 'incomplete', 1)
    expect(view.gaps).toMatchObject([
      { take: 0, fromSeq: 20, toSeq: 21 },
      { take: 0, fromSeq: 30, toSeq: 39 },
    ])
    const lost = camera.slices.keys().filter((seq) => seq === 20 || seq === 21 || seq >= 30)
    const expected = buildWithout(sendTake(camera, 'as recorded'), [...lost]).bytes
    expect(sha256(await http.media(made))).toBe(sha256(expected))
  })

  it('never serves stored bytes as a document', async () => {
    const made = await http.create()
    const page = Buffer.from('<script>alert(1)</script>')
    await http.put(made, { take: 0, seq: 0 }, page, { 'Content-Type': 'text/html' })
    const response = await get(made)
    expect(response.headers.get('content-type')).toBe('application/octet-stream')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  it.skipIf(HAS_FLEET)('keeps no segment open for clients that do not read on', async () => {
    const made = await http.create()
    const chunk = new Uint8Array(4 * 1024 * 1024).fill(7)
    for (let seq = 0; seq < 12; seq += 1) await http.put(made, { take: 0, seq }, chunk)
    const openSegments = async () => {
      const folder = `/proc/${bed.server.pid}/fd`
      const links = (await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => ''))
      return (await Promise.all(links)).filter((path) => path.includes(made.id)).length
    }
    const { hostname, port } = new URL(bed.url)
    const clients = Array.from({ length: 8 }, () => connect(Number(port), hostname))
    const begun = clients.map((client) => {
      client.write(`GET /api/recordings/${made.id}/media HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`)
      return new Promise((resolve) => client.once('data', () => resolve(client.pause())))
    })
    await Promise.all(begun)
    // One may be the writer's own.
    await waitFor('the segments to be let go', async () => (await openSegments()) <= 1)
    for (const client of clients) client.destroy()
  })
})
