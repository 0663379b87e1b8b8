// A take of which the head is lost, sent by a client that does not split it off: another take of the same recording lends
// its own.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { RUNTIMES } from '../support/server.ts'
import { buildFile } from '../support/take-pipeline.ts'
import { WireBed } from '../support/wire-bed.ts'
import { type Made, WireHttp } from '../support/wire-client.ts'

const TAKES = [
  ['fragmented MP4', loadTake('audio-mp4-opus-ts1000-12s'), 'audio/mp4'],
  ['Matroska', loadTake('mkv-vp9-opus-ts1000-6s'), 'video/x-matroska'],
] as const

describe.each(RUNTIMES)('on %s', (runtime) => {
  let bed: WireBed
  let http: WireHttp

  beforeAll(async () => {
    bed = await WireBed.start(runtime, { HOLDFAST_GRACE_MS: '60000' })
    http = new WireHttp(bed.url)
  })
  afterAll(() => bed.stop())

  const media = ({ id }: Made) => fetch(`${bed.url}/api/recordings/${id}/media?take=1`)

  it.each(TAKES)('%s plays with the header of the take before it', async (_name, take, type) => {
    const made = await http.create()
    const put = async (number: number, from: number, mimeType: string) => {
      for (const [seq, slice] of take.slices.entries()) {
        if (seq < from) continue
        const headers = { 'Content-Type': mimeType }
        await http.put(made, { take: number, seq }, slice, headers)
      }
    }
    await put(1, 2, take.mimeType)
    const alone = await media(made)
    expect([alone.status, alone.headers.get('content-type')]).toEqual([
      200,
      'application/octet-stream',
    ])
    await alone.arrayBuffer()
    // Of another type it may be anything.
    await put(2, 0, 'video/webm;codecs=vp8')
    await put(0, 0, take.mimeType)
    const lent = await media(made)
    expect(lent.headers.get('content-type')).toBe(type)
    const { file } = buildFile(null, take.slices)
    const bytes = (await lent.arrayBuffer()).byteLength
    expect(bytes).toBeGreaterThan(0.5 * file.size)
    expect(bytes).toBeLessThan(file.size)
  })
})
