// media.mp4 over HTTP: the same recording as an MP4, at any moment, without a media byte rewritten.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadTake, type RecordedTake } from '../support/corpus.ts'
import { buildWithout, sendTake } from '../support/damaged-take.ts'
import { RUNTIMES } from '../support/server.ts'
import { buildAsMp4, buildFile } from '../support/take-pipeline.ts'
import { WireBed } from '../support/wire-bed.ts'
import { type Made, WireHttp } from '../support/wire-client.ts'

const matroska = loadTake('mkv-vp9-opus-ts1000-6s')
const audio = loadTake('audio-webm-opus-ts1000-20s')
const fragments = loadTake('audio-mp4-opus-ts1000-12s')
const vp8 = loadTake('webm-vp8-opus-ts100-8s')

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describe.each(RUNTIMES)('on %s', (runtime) => {
  let bed: WireBed
  let http: WireHttp

  beforeAll(async () => {
    bed = await WireBed.start(runtime, { HOLDFAST_GRACE_MS: '60000' })
    http = new WireHttp(bed.url)
  })
  afterAll(() => bed.stop())

  async function send(made: Made, take: RecordedTake, seqs: readonly number[]): Promise<void> {
    for (const seq of seqs) {
      const slice = take.slices[seq] ?? new Uint8Array(0)
      const headers = { 'Content-Type': take.mimeType }
      const { status } = await http.put(made, { take: 0, seq }, slice, headers)
      if (status !== 201) throw new Error(`chunk ${seq}: ${status}`)
    }
  }

  async function record(take: RecordedTake): Promise<Made> {
    const made = await http.create({ title: 'Talk' })
    await send(made, take, [...take.slices.keys()])
    return made
  }

  const get = ({ id }: Made, headers: Record<string, string> = {}, query = '') =>
    fetch(`${bed.url}/api/recordings/${id}/media.mp4${query}`, { headers })
  const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer())

  it.each([
    ['video', matroska, 'video/mp4', 'mp4'],
    ['audio', audio, 'audio/mp4', 'm4a'],
  ])('WebM %s is laid out as MP4, byte for byte', async (_name, take, type, ending) => {
    const expected = buildAsMp4(null, take.slices)
    const response = await get(await record(take), {}, '?download=1')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe(type)
    expect(response.headers.get('content-length')).toBe(String(expected?.file.size))
    expect(response.headers.get('content-disposition')).toContain(`filename="Talk.${ending}"`)
    expect(sha256(await bytesOf(response))).toBe(sha256(expected?.bytes ?? new Uint8Array(0)))
  })

  it('fragmented MP4 is the same file as media', async () => {
    const made = await record(fragments)
    const response = await get(made)
    const media = await fetch(`${bed.url}/api/recordings/${made.id}/media`)
    expect(response.headers.get('etag')).toBe(media.headers.get('etag'))
    const expected = sha256(buildFile(null, fragments.slices).bytes)
    expect(sha256(await bytesOf(response))).toBe(expected)
    expect(sha256(await bytesOf(media))).toBe(expected)
  })

  it('answers ranges, conditions and HEAD', async () => {
    const { bytes } = buildAsMp4(null, matroska.slices) ?? { bytes: new Uint8Array(0) }
    const made = await record(matroska)
    const whole = await get(made)
    await whole.arrayBuffer()
    const etag = whole.headers.get('etag') ?? ''
    const media = await fetch(`${bed.url}/api/recordings/${made.id}/media`, { method: 'HEAD' })
    expect(media.headers.get('etag')).not.toBe(etag)
    // From the header into the media.
    const from = bytes.length - 165_000
    const part = await get(made, { Range: `bytes=${from}-${from + 9999}`, 'If-Range': etag })
    expect([part.status, part.headers.get('content-range')]).toEqual([
      206,
      `bytes ${from}-${from + 9999}/${bytes.length}`,
    ])
    expect(sha256(await bytesOf(part))).toBe(sha256(bytes.subarray(from, from + 10_000)))
    expect((await get(made, { 'If-None-Match': etag })).status).toBe(304)
    expect((await get(made, { Range: `bytes=${bytes.length}-` })).status).toBe(416)
    const url = `${bed.url}/api/recordings/${made.id}/media.mp4`
    const head = await fetch(url, { method: 'HEAD' })
    expect(head.headers.get('content-length')).toBe(String(bytes.length))
  })

  it('grows with the recording, and an earlier generation stays what it was', async () => {
    const made = await http.create()
    await send(made, matroska, [0, 1, 2])
    const first = await bytesOf(await get(made))
    const { body } = await http.call<{ generation: number }>('GET', `/api/recordings/${made.id}`)
    expect(sha256(first)).toBe(
      sha256(buildAsMp4(null, matroska.slices.slice(0, 3))?.bytes ?? new Uint8Array(0)),
    )
    await send(made, matroska, [3, 4])
    expect((await bytesOf(await get(made))).length).toBeGreaterThan(first.length)
    const then = await get(made, {}, `?generation=${body.generation}`)
    expect(sha256(await bytesOf(then))).toBe(sha256(first))
  })

  it('fragmented MP4 with a hole is whole but for the hole', async () => {
    const made = await http.create()
    const seqs = [...fragments.slices.keys()].filter((seq) => seq !== 5)
    await send(made, fragments, seqs)
    const { status } = await http.call('POST', `/api/recordings/${made.id}/finalize`)
    expect(status).toBe(202)
    const { body } = await http.untilStatus(made, 'incomplete', 1).then(() => http.view(made))
    const whole = buildFile(null, fragments.slices)
    expect(body).toMatchObject({
      durationMs: whole.file.durationMs,
      gaps: [{ take: 0, fromSeq: 5, toSeq: 5, fromMs: 5160, toMs: 6180 }],
    })
    const holed = buildWithout(sendTake(fragments, 'as recorded'), [5])
    expect(sha256(await bytesOf(await get(made)))).toBe(sha256(holed.bytes))
  })

  it('says of a take alone that it would have to be converted', async () => {
    const made = await record(vp8)
    const response = await get(made, {}, '?take=0')
    expect([response.status, await response.json()]).toMatchObject([
      409,
      { error: { code: 'export_needed', retry: false } },
    ])
  })

  it('has nothing of a recording without media, and no more than media does for strangers', async () => {
    const made = await http.create()
    expect((await get(made)).status).toBe(404)
    const other = await fetch(`${bed.url}/api/recordings/${crypto.randomUUID()}/media.mp4`)
    expect(other.status).toBe(404)
  })
})
