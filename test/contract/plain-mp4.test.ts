// A plain MP4, as cameras, phones and editors write it, uploaded as a take: it is served as it was, with its length, and
// with moov in front, so that it plays from its first byte on.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encode, hasFfmpeg, packetTimes, probe } from '../support/ffmpeg.ts'
import { RUNTIMES } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireBed } from '../support/wire-bed.ts'
import { type Made, WireHttp } from '../support/wire-client.ts'

const H264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-c:a', 'aac']
const CHUNK_BYTES = 20_000

const SHAPES: [string, { options: string[]; type: string; isMoved: boolean }][] = [
  ['with moov behind', { options: ['-f', 'mp4'], type: 'video/mp4', isMoved: true }],
  [
    'with moov in front',
    { options: ['-movflags', 'faststart', '-f', 'mp4'], type: 'video/mp4', isMoved: false },
  ],
  ['of QuickTime', { options: ['-f', 'mov'], type: 'video/quicktime', isMoved: true }],
]

describe.skipIf(!hasFfmpeg).each(RUNTIMES)('on %s', (runtime) => {
  let bed: WireBed
  let http: WireHttp
  let folder: string

  beforeAll(async () => {
    bed = await WireBed.start(runtime, { HOLDFAST_GRACE_MS: '60000' })
    http = new WireHttp(bed.url)
    folder = await mkdtemp(join(tmpdir(), 'holdfast-plain-mp4-'))
  })
  afterAll(async () => {
    await bed.stop()
    await rm(folder, { recursive: true, force: true })
  })

  async function made(options: readonly string[]): Promise<{ path: string; bytes: Uint8Array }> {
    const path = join(folder, `made-${Math.random()}.mp4`)
    await encode(path, ['-map', '0:v', '-map', '1:a', ...H264, ...options])
    return { path, bytes: new Uint8Array(await readFile(path)) }
  }

  async function upload(bytes: Uint8Array, type: string): Promise<Made> {
    const recording = await http.create()
    const count = Math.ceil(bytes.length / CHUNK_BYTES)
    for (let seq = 0; seq < count; seq++) {
      const chunk = bytes.slice(seq * CHUNK_BYTES, (seq + 1) * CHUNK_BYTES)
      await http.put(recording, { take: 0, seq }, chunk, { 'Content-Type': type })
    }
    const takes = [{ take: 0, chunks: count }]
    const body = JSON.stringify({ token: recording.token, takes })
    expect((await http.call('POST', `/api/recordings/${recording.id}/stop`, body)).status).toBe(202)
    return recording
  }

  const settled = (id: string) =>
    waitFor('the file', async () => {
      const view = (await (await fetch(`${bed.url}/api/recordings/${id}`)).json()) as {
        status: string
        container: string | null
        durationMs: number | null
      }
      return view.container === null ? null : view
    })

  it.each(SHAPES)('%s plays with every packet at its time', async (_name, shape) => {
    const { path, bytes } = await made(shape.options)
    const { id } = await upload(bytes, shape.type)
    const { durationMs } = await probe(path, 'mp4')
    const view = await settled(id)
    expect(view).toMatchObject({ status: 'ready', container: 'mp4' })
    expect(Math.abs((view.durationMs ?? 0) - durationMs)).toBeLessThan(50)
    const answer = await fetch(`${bed.url}/api/recordings/${id}/media`)
    expect(answer.headers.get('Content-Type')).toBe('video/mp4')
    const served = new Uint8Array(await answer.arrayBuffer())
    expect(served.length).toBe(bytes.length)
    if (!shape.isMoved) expect(Buffer.from(served).equals(Buffer.from(bytes))).toBe(true)
    expect(Buffer.from(served).indexOf('moov')).toBeLessThan(Buffer.from(served).indexOf('mdat'))
    const again = join(folder, 'served.mp4')
    await writeFile(again, served)
    expect(await packetTimes(again)).toEqual(await packetTimes(path))
    const range = { Range: `bytes=${served.length - 5000}-` }
    const part = await fetch(`${bed.url}/api/recordings/${id}/media`, { headers: range })
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(served.slice(-5000))
    const picture = await waitFor('a picture', async () => {
      const found = await fetch(`${bed.url}/api/recordings/${id}/thumbnail.jpg`)
      return found.status === 200 ? found : null
    })
    expect(picture.headers.get('Content-Type')).toBe('image/jpeg')
  })

  it('cut off before its moov it is kept as it came, and not called media', async () => {
    const { bytes } = await made(['-f', 'mp4'])
    const half = bytes.slice(0, bytes.length / 2)
    const { id } = await upload(half, 'video/mp4')
    expect(await settled(id)).toMatchObject({ status: 'ready', container: 'raw', durationMs: null })
    const answer = await fetch(`${bed.url}/api/recordings/${id}/media`)
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(half)
  })
})
