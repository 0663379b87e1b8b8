// Chunks that never came, over the wire: the recording is incomplete, says exactly what is missing, and everything else
// plays; a chunk that comes late after all makes the next version without its gap.
import { firstSeqOf } from '@holdfast/media'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { buildWithout, expectedPackets, type SentTake, sendTake } from '../support/damaged-take.ts'
import { RUNTIMES } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireBed } from '../support/wire-bed.ts'
import type { Made } from '../support/wire-client.ts'
import {
  type Bytes,
  chunk,
  finish,
  hello,
  streamed,
  take as takeFrame,
} from '../support/wire-frames.ts'

const UNKNOWN = 0xffffffff
const camera = loadTake('webm-vp8-opus-ts100-8s')

function chunkFrame({ chunks }: SentTake, seq: number): Bytes {
  const { bytes = new Uint8Array(0), hints } = chunks[seq] ?? {}
  return chunk(seq, new Uint8Array(bytes), {
    flags: hints?.aligned ? 1 : 0,
    hints: [hints?.clusterMs ?? UNKNOWN, UNKNOWN],
  })
}

/** The time of each hole in a take: from the end of what plays in front of it to what plays next. */
function gapsOf(sent: SentTake, holes: readonly (readonly [number, number])[]) {
  const lost = holes.flatMap(([from, to]) => range(from, to))
  const start = (seq: number) =>
    sent.chunks.slice(0, seq).reduce((sum, one) => sum + one.bytes.length, sent.init?.length ?? 0)
  return holes.map(([fromSeq, toSeq]) => {
    const behind = expectedPackets(sent, lost).filter((one) => one.from + 1 >= start(toSeq + 1))
    const before = buildWithout(sent, [...lost, ...range(fromSeq, sent.chunks.length)]).file
    return {
      ...{ take: 0, fromSeq, toSeq },
      fromMs: fromSeq === 0 ? 0 : before.durationMs,
      toMs: behind.length > 0 ? Math.min(...behind.map((one) => one.ms)) : null,
    }
  })
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n)

describe.each(RUNTIMES)('chunks that never came, on %s', (runtime) => {
  let bed: WireBed
  beforeAll(async () => {
    bed = await WireBed.start(runtime)
  })
  afterAll(() => bed.stop())

  async function record(sent: SentTake, lost: readonly number[]): Promise<Made> {
    const made = await bed.http.create()
    const head = takeFrame(0, { mimeType: camera.mimeType, init: sent.init })
    const kept = [...sent.chunks.keys()].filter((seq) => !lost.includes(seq))
    const frames = kept.map((seq) => chunkFrame(sent, seq))
    const body = streamed(hello(made.id, made.token), head, ...frames, finish([sent.chunks.length]))
    expect((await bed.http.frames(made, body)).body.acks).toHaveLength(kept.length)
    return made
  }

  test('cost what was in them: the rest plays at its time, and the gaps are exact', async () => {
    const sent = sendTake(camera, 'aligned')
    const last = sent.chunks.length - 1
    const lost = [4, 11, 12, last - 1, last]
    const made = await record(sent, lost)
    const view = await bed.http.untilStatus(made, 'incomplete', 1)
    const expected = buildWithout(sent, lost)
    const holes = [
      [4, 4],
      [11, 12],
      [last - 1, last],
    ] as const
    expect(view.gaps).toEqual(gapsOf(sent, holes))
    expect(view.durationMs).toBe(expected.file.durationMs)
    expect(Buffer.compare(await bed.http.media(made), expected.bytes)).toBe(0)
  })

  test('may be the first ones: the header is rebuilt from the stored init', async () => {
    const sent = sendTake(camera, 'aligned')
    const made = await record(sent, [0, 1])
    const view = await bed.http.untilStatus(made, 'incomplete', 1)
    expect(view.gaps).toEqual(gapsOf(sent, [[0, 1]]))
    const expected = buildWithout(sent, [0, 1])
    expect(Buffer.compare(await bed.http.media(made), expected.bytes)).toBe(0)
  })

  test('fill their gap when they come late, one version after the other', async () => {
    const sent = sendTake(camera, 'without hints')
    const made = await record(sent, [7, 20])
    await bed.http.untilStatus(made, 'incomplete', 1)
    const send = (seq: number) =>
      bed.http.frames(made, streamed(hello(made.id, made.token), chunkFrame(sent, seq)))
    await send(7)
    const view = await bed.http.untilStatus(made, 'incomplete', 2)
    expect(view.gaps).toEqual(gapsOf(sent, [[20, 20]]))
    await send(20)
    expect(await bed.http.untilStatus(made, 'ready', 3)).toMatchObject({ gaps: [] })
    const files = await Promise.all(
      [1, 2, 3].map((version) => bed.http.media(made, `?version=${version}`)),
    )
    const expected = [[7, 20], [20], []].map((lost) => buildWithout(sent, lost).bytes)
    for (const [n, bytes] of expected.entries()) {
      expect(Buffer.compare(files[n] ?? new Uint8Array(0), bytes)).toBe(0)
    }
  })

  test('do not stop the indexing of what follows while it is recorded', async () => {
    const sent = sendTake(camera, 'aligned')
    const made = await bed.http.create()
    const socket = await bed.greet(made)
    socket.send(takeFrame(0, { mimeType: camera.mimeType, init: sent.init }))
    /** With which chunk the run of each index begins, as the ledger has it. */
    const runStarts = async () => {
      const rows = await bed.sql<{ index: Uint8Array }[]>`
        select index from chunks where recording_id = ${made.id} and index is not null order by seq`
      return rows.map(({ index }) => firstSeqOf(new Uint8Array(index)))
    }
    for (const seq of [0, 1, 3, 4]) socket.send(chunkFrame(sent, seq))
    await waitFor('all chunks to be indexed', async () => (await runStarts()).length === 4)
    expect(await runStarts()).toEqual([0, 0, 3, 3])
    socket.send(chunkFrame(sent, 5))
    await waitFor('the next one too', async () => (await runStarts()).length === 5)
    socket.send(chunkFrame(sent, 2))
    await waitFor('one run', async () => (await runStarts()).join() === '0,0,0,0,0,0')
  })
})
