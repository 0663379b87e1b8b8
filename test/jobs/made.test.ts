// What is made from a recording, by the real server with the real ffmpeg, as a reader gets it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { hasFfmpeg, probe } from '../support/ffmpeg.ts'
import { JobBed } from '../support/job-bed.ts'
import { RUNTIMES } from '../support/server.ts'
import type { Made } from '../support/wire-client.ts'

if (!hasFfmpeg) console.warn('SKIPPED: ffmpeg is not installed, nothing is made from recordings')

const vp8 = loadTake('webm-vp8-opus-ts100-8s')
const sound = loadTake('audio-webm-opus-ts1000-20s')
const fragments = loadTake('audio-mp4-opus-ts1000-12s')

describe.skipIf(!hasFfmpeg).each(RUNTIMES)('on %s', (runtime) => {
  let bed: JobBed
  let made: Made
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-made-'))
    bed = await JobBed.start(runtime)
    made = await bed.record(vp8, { title: 'A talk' })
  })
  afterAll(async () => {
    await bed.wire.stop()
    await rm(folder, { recursive: true })
  })

  const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer())

  it('has a picture of every recording, without being asked', async () => {
    await bed.untilJob(made, 'thumbnail', ({ status }) => status === 'done')
    const { thumbnailUrl } = await bed.view(made)
    const response = await fetch(`${bed.wire.url}${thumbnailUrl}`)
    expect(response.headers.get('content-type')).toBe('image/jpeg')
    expect([...(await bytesOf(response)).subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff])
    const list = await bed.wire.http.call<{ recordings: { thumbnailUrl: string }[] }>(
      'GET',
      '/api/recordings',
    )
    expect(list.body.recordings[0]?.thumbnailUrl).toContain('/thumbnail.jpg?access=')
  })

  it('makes an MP4 of VP8: 202 with its progress until it is there', async () => {
    const first = await bed.get(made, 'media.mp4')
    expect(first.status).toBe(202)
    expect(first.headers.get('retry-after')).toBe('2')
    expect(await first.json()).toMatchObject({ job: 'export', version: 1, bytes: null })
    const response = await bed.made(made, 'media.mp4')
    expect(response.headers.get('content-type')).toBe('video/mp4')
    const path = join(folder, 'media.mp4')
    await writeFile(path, await bytesOf(response))
    const { durationMs } = (await bed.wire.http.view(made)).body
    expect(Math.abs((await probe(path, 'mp4')).durationMs - (durationMs ?? 0))).toBeLessThan(100)
  })

  it('serves the MP4 by ranges and as a file with the recording’s name', async () => {
    const whole = await bytesOf(await bed.made(made, 'media.mp4'))
    const part = await bed.get(made, 'media.mp4?download=1', { Range: 'bytes=100-199' })
    expect(part.status).toBe(206)
    expect(part.headers.get('content-range')).toBe(`bytes 100-199/${whole.length}`)
    expect(part.headers.get('content-disposition')).toContain('filename="A talk.mp4"')
    expect(await bytesOf(part)).toEqual(whole.subarray(100, 200))
    const etag = part.headers.get('etag') ?? ''
    expect((await bed.get(made, 'media.mp4', { 'If-None-Match': etag })).status).toBe(304)
  })

  it('tells how a job stands as events of the recording', async () => {
    const { id, token } = made
    await bed.made(made, 'media.mp4')
    const answer = await fetch(`${bed.wire.url}/api/events?recording=${id}&lastEventId=0-0`, {
      headers: { Authorization: `Bearer ${token}` },
    })
    const seen: string[] = []
    let text = ''
    for await (const part of answer.body ?? []) {
      text += new TextDecoder().decode(part)
      const lines = text.split('\n')
      text = lines.pop() ?? ''
      for (const line of lines.filter((one) => one.startsWith('data: '))) {
        const event = JSON.parse(line.slice(6)) as { job?: string; version: number; status: string }
        if (event.job === 'export') seen.push(`v${event.version} ${event.status}`)
      }
      if (seen.includes('v1 done')) break
    }
    const inOrder = [...new Set(seen)]
    expect(inOrder).toEqual(['v1 waiting', 'v1 running', 'v1 done'])
  })

  it('draws the sound: peaks as audiowaveform writes them', async () => {
    const response = await bed.made(made, 'waveform.json')
    expect(response.headers.get('content-type')).toBe('application/json')
    const peaks = (await response.json()) as { [name: string]: number; data: never }
    expect(peaks).toMatchObject({ version: 2, channels: 1, sample_rate: 8000, bits: 8 })
    const data = peaks.data as number[]
    expect(data).toHaveLength(2 * (peaks.length ?? 0))
    const { durationMs } = (await bed.wire.http.view(made)).body
    const drawnMs = ((peaks.length ?? 0) * (peaks.samples_per_pixel ?? 0)) / 8
    expect(Math.abs(drawnMs - (durationMs ?? 0))).toBeLessThan(150)
    expect(Math.max(...data)).toBeGreaterThan(20)
    expect(Math.min(...data)).toBeLessThan(-20)
  })

  it('has a poster per minute, and a track that says which', async () => {
    const track = await (await bed.made(made, 'posters.vtt')).text()
    expect(track).toMatch(
      /^WEBVTT\n\n00:00:00\.000 --> 00:01:00\.000\nposters\/0\.jpg\?version=1\n$/,
    )
    const poster = await bed.get(made, 'posters/0.jpg?version=1')
    expect(poster.headers.get('content-type')).toBe('image/jpeg')
    expect((await bytesOf(poster)).subarray(-2)).toEqual(new Uint8Array([0xff, 0xd9]))
    expect((await bed.get(made, 'posters/1.jpg')).status).toBe(404)
    expect((await bed.get(made, 'posters/x.jpg')).status).toBe(404)
  })

  it('says of sound alone that it has no picture, and makes the rest', async () => {
    const only = await bed.record(sound)
    const thumbnail = await bed.made(only, 'thumbnail.jpg')
    expect([thumbnail.status, await thumbnail.json()]).toMatchObject([
      404,
      { error: { code: 'not_made' } },
    ])
    expect((await bed.view(only)).thumbnailUrl).toBeNull()
    expect((await bed.made(only, 'media.mp4')).status).toBe(200)
  })

  it('needs no making where the recording is MP4 already', async () => {
    const mp4 = await bed.record(fragments)
    const response = await bed.get(mp4, 'media.mp4')
    expect(response.status).toBe(200)
    expect(await bytesOf(response)).toEqual(await bytesOf(await bed.get(mp4, 'media')))
    expect((await bed.view(mp4)).jobs.map(({ job }) => job)).toEqual(['thumbnail'])
  })

  it('shows and makes for those who may see the recording, and starts and stops for its owner', async () => {
    const other = await bed.wire.http.create()
    for (const name of [
      'media.mp4',
      'thumbnail.jpg',
      'waveform.json',
      'posters.vtt',
      'posters/0.jpg',
    ]) {
      const path = `/api/recordings/${made.id}/${name}`
      const headers = { Authorization: `Bearer ${other.token}` }
      expect((await fetch(`${bed.wire.url}${path}?access=read.x.y.z`)).status).toBe(403)
      expect((await fetch(`${bed.wire.url}${path}`, { headers })).status).toBeLessThan(500)
    }
    const { thumbnailUrl } = await bed.view(made)
    const access = new URL(thumbnailUrl ?? '', bed.wire.url).search
    const job = `${bed.wire.url}/api/recordings/${made.id}/jobs/export${access}`
    for (const method of ['POST', 'DELETE']) {
      expect((await fetch(job, { method })).status).toBe(403)
    }
    expect((await bed.call('POST', made, 'nothing')).status).toBe(404)
  })

  it('belongs to a version: a late chunk makes the next one, and that has its own', async () => {
    const late = await bed.record({ ...vp8, slices: vp8.slices.slice(0, 40) })
    await bed.made(late, 'media.mp4')
    const { http } = bed.wire
    await http.put(late, { take: 0, seq: 40 }, vp8.slices[40] ?? new Uint8Array(1), {
      'Content-Type': vp8.mimeType,
    })
    await bed.stop(late, 41)
    await http.untilStatus(late, 'ready', 2)
    const next = await bed.get(late, 'media.mp4')
    expect([next.status, await next.json()]).toMatchObject([202, { version: 2 }])
    expect((await bed.get(late, 'media.mp4?version=1')).status).toBe(200)
    expect((await bed.made(late, 'media.mp4')).status).toBe(200)
    expect((await bed.get(late, 'media.mp4?version=3')).status).toBe(404)
  })

  it('makes nothing of bytes that only claim to be a recording, and says so once', async () => {
    const list = new TextEncoder().encode(
      `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n`,
    )
    const odd = await bed.record({ mimeType: 'video/webm;codecs=vp8', slices: [list] })
    for (const name of ['media.mp4', 'thumbnail.jpg', 'waveform.json', 'posters.vtt']) {
      const response = await bed.made(odd, name)
      const { error } = (await response.json()) as { error: object }
      expect([name, response.status, error]).toMatchObject([name, 500, { code: 'job_failed' }])
    }
    expect(bed.leftovers(odd)).toEqual([])
    expect((await bed.get(odd, 'media')).status).toBe(200)
  })

  it('leaves nothing in the folder but what it made', async () => {
    await bed.made(made, 'waveform.json')
    await bed.made(made, 'posters.vtt')
    await bed.made(made, 'media.mp4')
    const names = bed.leftovers(made).map((name) => name.replace(/-\d+-\d+/, ''))
    expect(names.sort()).toEqual(['made.jpg', 'made.json', 'made.mjpeg', 'made.mp4'])
  })
})
