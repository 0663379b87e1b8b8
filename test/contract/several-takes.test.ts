// A recording of several takes over HTTP: after a reload, a crash or on the next device it is still one file.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadTake, type RecordedTake } from '../support/corpus.ts'
import { expectedFile } from '../support/expected-file.ts'
import { RUNTIMES } from '../support/server.ts'
import { buildJoined, type GivenTake } from '../support/take-pipeline.ts'
import { WireBed } from '../support/wire-bed.ts'
import { type Made, type RecordingBody, WireHttp } from '../support/wire-client.ts'
import { chunk, finishBody, streamed, take as takeFrame } from '../support/wire-frames.ts'

const camera = loadTake('webm-vp8-opus-ts100-8s')
const reloaded = loadTake('webm-vp8-opus-requestdata-6s')
/** Its tracks are numbered the other way round, and its pictures have other sizes. */
const canvas = loadTake('webm-vp8-canvas-resize-ts1000')
const fragments = loadTake('audio-mp4-opus-ts1000-12s')
const otherCodec = loadTake('mkv-vp9-opus-ts1000-6s')
const STARTED_AT = Date.parse('2026-01-02T03:04:05.000Z')

type View = RecordingBody & {
  played: { take: number; startMs: number; endMs: number }[]
  gaps: { take: number; fromSeq: number; toSeq: number; fromMs: number; toMs: number | null }[]
}

describe.each(RUNTIMES)('on %s', (runtime) => {
  let bed: WireBed
  let http: WireHttp

  beforeAll(async () => {
    bed = await WireBed.start(runtime, { HOLDFAST_GRACE_MS: '60000' })
    http = new WireHttp(bed.url)
  })
  afterAll(() => bed.stop())

  /** Take n began n minutes after the first. */
  async function send(made: Made, number: number, recorded: RecordedTake, without: number[] = []) {
    const startedAt = new Date(STARTED_AT + number * 60_000).toISOString()
    const chunks = recorded.slices.flatMap((bytes, seq) =>
      without.includes(seq) ? [] : [chunk(seq, bytes, { take: number })],
    )
    const head = takeFrame(number, { mimeType: recorded.mimeType, startedAt })
    const { body } = await http.frames(made, streamed(head, ...chunks), made)
    expect(body.acks).toHaveLength(chunks.length)
  }

  async function stop({ id, token }: Made, ...takes: readonly RecordedTake[]): Promise<void> {
    const totals = finishBody(takes.map(({ slices }) => slices.length))
    const body = JSON.stringify({ token, ...totals })
    expect((await http.call('POST', `/api/recordings/${id}/stop`, body)).status).toBe(202)
  }

  async function record(...takes: readonly RecordedTake[]): Promise<Made> {
    const made = await http.create()
    for (const [number, recorded] of takes.entries()) await send(made, number, recorded)
    await stop(made, ...takes)
    return made
  }

  const viewOf = async (made: Made) => (await http.view(made)).body as View
  const given = (...takes: readonly RecordedTake[]): GivenTake[] =>
    takes.map(({ slices }, n) => ({ slices, startedAtMs: n * 60_000 }))
  const same = (a: Uint8Array, b: Uint8Array) => expect(Buffer.compare(a, b)).toBe(0)

  it('makes one file of them, one behind the other', async () => {
    const made = await record(camera, reloaded)
    await http.untilStatus(made, 'ready', 1)
    const expected = buildJoined(given(camera, reloaded))
    if (!expected) throw new Error('not joined')
    const [first, second] = expected.takes
    const view = await viewOf(made)
    expect(view).toMatchObject({
      durationMs: expected.file.durationMs,
      played: [
        { take: 0, startMs: 0, endMs: second?.startMs },
        { take: 1, startMs: first?.endMs },
      ],
      gaps: [],
    })
    same(await http.media(made), expected.bytes)
  })

  it('serves any range of it, over the place where they meet too', async () => {
    const takes = [reloaded, canvas, camera]
    const made = await record(...takes)
    await http.untilStatus(made, 'ready', 1)
    const bytes = buildJoined(given(...takes))?.bytes ?? new Uint8Array(0)
    same(await http.media(made), bytes)
    const size = bytes.length
    const meeting = Math.floor(reloaded.joined.length * 0.999)
    for (const [from, to] of [
      [meeting, meeting + 9000],
      [size - 9, size],
      [1, 5000],
    ] as const) {
      const part = await fetch(`${bed.url}/api/recordings/${made.id}/media`, {
        headers: { Range: `bytes=${from}-${to - 1}` },
      })
      expect(part.status).toBe(206)
      same(new Uint8Array(await part.arrayBuffer()), bytes.subarray(from, to))
    }
  })

  it('makes one MP4 of those that are MP4', async () => {
    const made = await record(fragments, fragments)
    await http.untilStatus(made, 'ready', 1)
    const expected = buildJoined(given(fragments, fragments))?.bytes ?? new Uint8Array(0)
    same(await http.media(made), expected)
    const mp4 = await fetch(`${bed.url}/api/recordings/${made.id}/media.mp4`)
    expect(mp4.headers.get('content-type')).toBe('audio/mp4')
    same(new Uint8Array(await mp4.arrayBuffer()), expected)
  })

  it('keeps the pauses between them for whoever asks', async () => {
    const made = await record(camera, reloaded)
    await http.untilStatus(made, 'ready', 1)
    const expected = buildJoined(given(camera, reloaded), 'kept')
    expect(expected?.takes[1]?.startMs).toBe(60_000)
    same(await http.media(made, '?pauses=kept'), expected?.bytes ?? new Uint8Array(0))
    const refused = await http.call('GET', `/api/recordings/${made.id}/media?pauses=some`)
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'bad_request' } } })
  })

  it('still serves each of them alone', async () => {
    const made = await record(camera, reloaded)
    await http.untilStatus(made, 'ready', 1)
    same(await http.media(made, '?take=0'), expectedFile(camera.slices).bytes)
    same(await http.media(made, '?take=1'), expectedFile(reloaded.slices).bytes)
  })

  it('is one file while it is still being recorded', async () => {
    const made = await http.create()
    await send(made, 0, camera)
    await send(made, 1, reloaded, [3])
    const soFar = { ...reloaded, slices: reloaded.slices.slice(0, 3) }
    same(await http.media(made), buildJoined(given(camera, soFar))?.bytes ?? new Uint8Array(0))
  })

  it('tells what is missing of one of them by the time of the file', async () => {
    const alone = await http.create()
    await send(alone, 0, reloaded, [2])
    await stop(alone, reloaded)
    const made = await http.create()
    await send(made, 0, camera)
    await send(made, 1, reloaded, [2])
    await stop(made, camera, reloaded)
    for (const one of [alone, made]) {
      await http.call('POST', `/api/recordings/${one.id}/finalize`)
      await http.untilStatus(one, 'incomplete', 1)
    }
    const [gapAlone] = (await viewOf(alone)).gaps
    const { gaps, played } = await viewOf(made)
    const startMs = played[1]?.startMs ?? 0
    expect(startMs).toBeGreaterThan(7000)
    expect(gapAlone?.fromMs).toBeGreaterThan(0)
    const toMs = gapAlone?.toMs ?? null
    expect(gaps).toEqual([
      {
        ...{ take: 1, fromSeq: 2, toSeq: 2, fromMs: startMs + (gapAlone?.fromMs ?? 0) },
        toMs: toMs === null ? null : startMs + toMs,
      },
    ])
  })

  it('makes the next version when a take comes late', async () => {
    const made = await record(camera)
    await http.untilStatus(made, 'ready', 1)
    same(await http.media(made), expectedFile(camera.slices).bytes)
    await send(made, 1, reloaded)
    await stop(made, camera, reloaded)
    await http.untilStatus(made, 'ready', 2)
    const expected = buildJoined(given(camera, reloaded))
    same(await http.media(made), expected?.bytes ?? new Uint8Array(0))
    same(await http.media(made, '?version=1'), expectedFile(camera.slices).bytes)
    expect(await viewOf(made)).toMatchObject({ durationMs: expected?.file.durationMs })
  })

  it('plays takes of other codecs by themselves, and says which are in the file', async () => {
    const made = await record(camera, otherCodec, reloaded)
    await http.untilStatus(made, 'ready', 1)
    const expected = buildJoined(given(camera, reloaded))
    const { played, durationMs } = await viewOf(made)
    expect(played.map(({ take }) => take)).toEqual([0, 2])
    expect(durationMs).toBe(expected?.file.durationMs)
    same(await http.media(made), expected?.bytes ?? new Uint8Array(0))
    same(await http.media(made, '?take=1'), expectedFile(otherCodec.slices).bytes)
  })
})
