// A client that can only pass bytes on gets the same file as one that cuts at elements (protocol §2).
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { RUNTIMES } from '../support/server.ts'
import { alignSlices } from '../support/take-pipeline.ts'
import { WireBed } from '../support/wire-bed.ts'
import type { Made } from '../support/wire-client.ts'
import {
  type Bytes,
  chunk,
  finish,
  finishBody,
  hello,
  streamed,
  take,
} from '../support/wire-frames.ts'

const SETS = ['webm-vp8-opus-ts1000-30s', 'webm-vp8-opus-ts100-8s', 'audio-webm-opus-ts1000-20s']
const UNKNOWN = 0xffffffff

describe.each(RUNTIMES)('a client that passes bytes on, on %s', (runtime) => {
  let bed: WireBed
  beforeAll(async () => {
    bed = await WireBed.start(runtime, { HOLDFAST_GRACE_MS: '60000' })
  })
  afterAll(() => bed.stop())

  /** Sends a whole take in one body and returns its file. */
  async function fileOf(head: Bytes, chunks: readonly Bytes[]): Promise<Buffer> {
    const made = await bed.http.create()
    const frames = [hello(made.id, made.token), head, ...chunks, finish([chunks.length])]
    const { body } = await bed.http.frames(made, streamed(...frames))
    expect(body.acks).toHaveLength(chunks.length)
    return await finished(made)
  }

  async function finished(made: Made): Promise<Buffer> {
    await bed.http.untilStatus(made, 'ready')
    return Buffer.from(await bed.http.media(made))
  }

  test.each(SETS)('%s: the same file, aligned or not, by frames or by PUT', async (name) => {
    const { slices, mimeType } = loadTake(name)
    const aligned = alignSlices(slices)
    const alignedFile = await fileOf(
      take(0, { mimeType, init: aligned.init }),
      aligned.chunks.map(({ bytes, clusterMs, endMs }, seq) =>
        chunk(seq, bytes, { flags: 1, hints: [clusterMs ?? UNKNOWN, endMs ?? UNKNOWN] }),
      ),
    )
    const rawFile = await fileOf(
      take(0, { mimeType }),
      slices.map((bytes, seq) => chunk(seq, bytes)),
    )
    expect(alignedFile.length).toBeGreaterThan(10_000)
    expect(rawFile.equals(alignedFile)).toBe(true)
    const made = await bed.http.create()
    for (const [seq, bytes] of slices.entries()) await bed.http.put(made, { take: 0, seq }, bytes)
    const body = JSON.stringify({ ...finishBody([slices.length]), token: made.token })
    await bed.http.call('POST', `/api/recordings/${made.id}/stop`, body)
    expect((await finished(made)).equals(alignedFile)).toBe(true)
  })

  test('I11: the order in which its chunks arrive does not show in the file', async () => {
    const { slices, mimeType } = loadTake(SETS[0] ?? '')
    const chunks = slices.map((bytes, seq) => chunk(seq, bytes))
    const inOrder = await fileOf(take(0, { mimeType }), chunks)
    const shuffled = chunks.toSorted((a, b) => (a[50] ?? 0) - (b[50] ?? 0)).toReversed()
    expect((await fileOf(take(0, { mimeType }), shuffled)).equals(inOrder)).toBe(true)
  })

  test('hints that lie do not change the file', async () => {
    const { slices, mimeType } = loadTake(SETS[0] ?? '')
    const honest = await fileOf(
      take(0, { mimeType }),
      slices.map((bytes, seq) => chunk(seq, bytes)),
    )
    const lying = await fileOf(
      take(0, { mimeType }),
      slices.map((bytes, seq) => chunk(seq, bytes, { flags: 1, hints: [seq * 7919, 1] })),
    )
    expect(lying.equals(honest)).toBe(true)
  })
})
