// Recorded takes with chunks missing: every packet outside the lost chunks that can be played is in the file, at the
// time it was recorded with.
import { joinTakes } from '@holdfast/media'
import { describe, expect, test } from 'vitest'
import { readStructure } from '../../media/fixtures/file-structure.ts'
import { corpusName, loadTake, loadWebmTakes } from '../support/corpus.ts'
import {
  buildWithout,
  expectedPackets,
  packetsOutside,
  type Sending,
  type SentTake,
  sendTake,
  storedWithout,
  truncateChunk,
} from '../support/damaged-take.ts'
import { hasFfmpeg } from '../support/ffmpeg.ts'
import { repeatTake } from '../support/long-take.ts'
import { remuxAsWebm } from '../support/remuxed-take.ts'
import { cutAt, readFile } from '../support/take-pipeline.ts'
import { type Packet, readPackets } from '../support/webm-packets.ts'

const takes = loadWebmTakes()
const isWhole = corpusName === 'the whole corpus'
const keyOf = ({ track, ms, md5 }: Packet) => `${track} ${ms} ${md5}`
const contentOf = ({ track, md5 }: Packet) => `${track} ${md5}`

/** One in the middle, several in a row, several apart, the last one; with its number as the title. */
function lossesOf(chunks: number): number[][] {
  const middle = Math.floor(chunks / 2)
  const apart = [Math.floor(chunks / 4), middle, middle + 1, chunks - 2]
  return [[middle], [1, 2], apart, [chunks - 1]].filter((lost) => lost.every((seq) => seq > 0))
}

/** A last chunk by itself may hold no Cluster: without a hint nothing says when it was, and it is left out. */
const leavesLastAlone = ({ chunks }: SentTake, lost: readonly number[]): boolean =>
  lost.includes(chunks.length - 2) && !lost.includes(chunks.length - 1)

/** How far the times of packets are off, worst first. */
function shifts(got: readonly Packet[], wanted: readonly Packet[]): number[] {
  return got.map((packet, n) => Math.abs(packet.ms - (wanted[n]?.ms ?? 0))).sort((a, b) => b - a)
}

describe(`with hints, every WebM take of ${corpusName}`, () => {
  test.each(takes)('$name: keeps what one lost chunk leaves, whichever it is', (take) => {
    const sent = sendTake(take, 'aligned')
    for (const seq of sent.chunks.keys()) {
      const { bytes } = buildWithout(sent, [seq])
      expect(readPackets(bytes).map(keyOf)).toEqual(expectedPackets(sent, [seq]).map(keyOf))
    }
  })

  test.each(takes)('$name: keeps what several lost chunks leave', (take) => {
    const sent = sendTake(take, 'aligned')
    for (const lost of [...lossesOf(sent.chunks.length), [0, 1]]) {
      const { bytes, file } = buildWithout(sent, lost)
      expect(readPackets(bytes).map(keyOf)).toEqual(expectedPackets(sent, lost).map(keyOf))
      expect(bytes.length).toBe(file.size)
      const { trailingBytes, cues } = readStructure(bytes)
      expect(trailingBytes).toBe(0)
      for (const cue of cues) expect(cue.blockTicks ?? cue.clusterTicks).toBe(cue.timeTicks)
    }
  })
})

const BLIND: Sending[] = ['without hints', 'as recorded']
describe.each(BLIND)(`%s, every WebM take of ${corpusName}`, (sending) => {
  test.each(takes)('$name: finds the blocks behind a hole and their time', (take) => {
    const sent = sendTake(take, sending)
    for (const lost of lossesOf(sent.chunks.length)) {
      if (leavesLastAlone(sent, lost)) continue
      // The header of a take that came as recorded can lie in its second chunk.
      if (sending === 'as recorded' && buildWithout(sent, lost).file.container === 'raw') continue
      const got = readPackets(buildWithout(sent, lost).bytes)
      const wanted = expectedPackets(sent, lost)
      expect(got.map(contentOf)).toEqual(wanted.map(contentOf))
      // Recorded sound sometimes waits for 10 to 30 ms: nothing but its own Cluster could tell.
      const [worst = 0] = shifts(got, wanted)
      expect(worst).toBeLessThanOrEqual(30)
    }
  })
})

const SYNTHETIC: [string, string, string[]][] = [
  ['AV1 and Opus', 'mp4-av1-opus-ts1000-8s', []],
  ['VP9 alone', 'webm-vp9-opus-kf2000-ts1000-20s', ['-an']],
  ['AV1 alone', 'mp4-av1-opus-ts1000-8s', ['-an']],
]
describe.skipIf(!hasFfmpeg || !isWhole)('synthetic takes', () => {
  test.each(SYNTHETIC)(
    'of %s: keep what lost chunks leave, with hints or without',
    (_, name, keep) => {
      const take = remuxAsWebm(loadTake(name), keep)
      for (const sending of ['aligned', ...BLIND] as const) {
        const sent = sendTake(take, sending)
        for (const lost of lossesOf(sent.chunks.length)) {
          // Of these Clusters a lone chunk need not have one: without hints nothing says when it was.
          if (sending !== 'aligned' && lost.length > 2) continue
          const got = readPackets(buildWithout(sent, lost).bytes)
          const wanted = expectedPackets(sent, lost)
          expect(got.map(contentOf)).toEqual(wanted.map(contentOf))
          expect(shifts(got, wanted)[0] ?? 0).toBeLessThanOrEqual(sending === 'aligned' ? 0 : 30)
        }
      }
    },
  )
})

describe('a chunk of which only the beginning came', () => {
  const names = [
    'audio-webm-opus-ts1000-20s',
    'webm-vp8-opus-ts1000-30s',
    'webm-vp9-opus-kf2000-ts1000-20s',
    'webm-vp8-only-ts1000-10s',
    'webm-vp8-canvas-resize-ts1000',
  ].filter((name) => takes.some((take) => take.name === name))

  function truncated(name: string, sending: Sending) {
    const whole = sendTake(loadTake(name), sending)
    const seq = whole.chunks.length >> 1
    const { bytes } = whole.chunks[seq] ?? { bytes: new Uint8Array(0) }
    const { sent, hole } = truncateChunk(whole, seq, bytes.length >> 1)
    const wanted = packetsOutside(whole, [hole]).map(keyOf)
    return { wanted, got: readPackets(buildWithout(sent, []).bytes).map(keyOf) }
  }

  test.each(names)('%s: costs what is missing of it', (name) => {
    const { got, wanted } = truncated(name, 'aligned')
    expect(got).toEqual(wanted)
  })

  test.each(names)('%s: without hints a block more, which the cut one took along', (name) => {
    for (const sending of BLIND) {
      const { got, wanted } = truncated(name, sending)
      expect(got.filter((key) => !wanted.includes(key))).toEqual([])
      expect(wanted.length - got.length).toBeLessThanOrEqual(3)
    }
  })
})

describe.skipIf(!isWhole)('what is left of a take', () => {
  test.each(['aligned', ...BLIND] as const)(
    'of which nothing is lost, %s, is all of it',
    (sending) => {
      const take = loadTake('webm-vp8-opus-ts1000-30s')
      const got = readPackets(buildWithout(sendTake(take, sending), []).bytes)
      expect(got.map(keyOf)).toEqual(readPackets(take.joined).map(keyOf))
    },
  )

  test.each([
    ['one', [17], 0.96],
    ['four', [4, 11, 19, 26], 0.84],
  ])(
    'of VP9 in 30 chunks of which %s went missing is nearly all that was outside',
    (_, lost, least) => {
      const take = loadTake('webm-vp9-opus-kf2000-ts1000-20s')
      const joined = repeatTake(take.joined, 2, 20_000)
      const packets = readPackets(joined)
      const places = Array.from({ length: 29 }, (_, n) => {
        return (packets[Math.floor(((n + 1) * packets.length) / 30)]?.from ?? 0) + 1
      })
      const sent = sendTake({ ...take, joined, slices: cutAt(joined, places) }, 'as recorded')
      const share = readPackets(buildWithout(sent, lost).bytes).length / packets.length
      console.info(`${lost.length} of 30 lost: ${(100 * share).toFixed(1)} % is there`)
      expect(share).toBeGreaterThanOrEqual(least)
    },
  )

  test('hints that lie move nothing by more than the sound beside them says', () => {
    const sent = sendTake(loadTake('webm-vp8-opus-ts1000-30s'), 'aligned')
    const chunks = sent.chunks.map(({ bytes }, seq) => ({
      bytes,
      hints: { aligned: true, clusterMs: seq * 7919 },
    }))
    const got = readPackets(buildWithout({ ...sent, chunks }, [7, 8, 20]).bytes)
    expect(got.map(keyOf)).toEqual(expectedPackets(sent, [7, 8, 20]).map(keyOf))
  })
})

test('holes in several takes stay where they are when the takes are joined, track numbers flipped or not', () => {
  const videoOf = (take: { joined: Uint8Array }) =>
    readPackets(take.joined).find((one) => one.isVideo)
  const alike = takes.filter((take) => /vp8,opus/.test(take.mimeType) && take.slices.length > 3)
  const [first] = alike
  const other = alike.find((take) => videoOf(take)?.track !== (first && videoOf(first)?.track))
  const parts = [first, other ?? alike[1]].flatMap((take) =>
    take ? [sendTake(take, 'aligned')] : [],
  )
  const stored = parts.map((sent) => storedWithout(sent, [1, 2]))
  const joined = joinTakes(
    stored.map(({ input }, n) => ({ input, startedAtMs: n * 60_000 })),
    'closed',
  )
  if (!joined) throw new Error('not joined')
  const got = readPackets(
    readFile(
      joined.file,
      stored.flatMap((one) => one.stored),
    ),
  )
  const wanted = parts.flatMap((sent, n) => {
    const startMs = joined.takes[n]?.startMs ?? Number.NaN
    return expectedPackets(sent, [1, 2]).map((one) => ({ ...one, ms: one.ms + startMs }))
  })
  const timeOf = ({ isVideo, ms, md5 }: Packet) => `${isVideo} ${ms} ${md5}`
  expect(got.map(timeOf)).toEqual(wanted.map(timeOf))
})
