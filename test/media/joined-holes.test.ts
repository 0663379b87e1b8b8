// Takes with chunks missing, in one file with others: what is left of them is what is left of them alone, later by where
// the take begins, also where its track numbers had to be changed.
import { joinTakes } from '@holdfast/media'
import { describe, expect, test } from 'vitest'
import { readStructure } from '../../media/fixtures/file-structure.ts'
import { corpusName, loadWebmTakes, type RecordedTake } from '../support/corpus.ts'
import { buildWithout, type Sending, sendTake, storedWithout } from '../support/damaged-take.ts'
import { readFile } from '../support/take-pipeline.ts'
import { type Packet, readPackets } from '../support/webm-packets.ts'

const takes = loadWebmTakes().filter(({ slices }) => slices.length > 3)

/** The other one of the same codecs that lies furthest away in the list: often numbered the other way round. */
function partnerOf(take: RecordedTake): RecordedTake {
  const alike = takes.filter(({ mimeType }) => mimeType === take.mimeType)
  const at = alike.indexOf(take)
  return alike[(at + Math.ceil(alike.length / 2)) % alike.length] ?? take
}

const SENDINGS: readonly Sending[] = ['aligned', 'without hints', 'as recorded']

const told = (packets: readonly Packet[], byMs: number) =>
  packets.map(({ isVideo, ms, md5, isKey }) => `${isVideo} ${ms + byMs} ${isKey} ${md5}`)

/** Sizes are true, and every cue leads to its block. */
function expectSoundFront(bytes: Uint8Array): void {
  const { seeks, cues, trailingBytes } = readStructure(bytes)
  expect(trailingBytes).toBe(0)
  expect(seeks.map((seek) => seek.found)).toEqual(seeks.map((seek) => seek.id))
  expect(cues.map((cue) => cue.blockTicks ?? cue.clusterTicks)).toEqual(
    cues.map((cue) => cue.timeTicks),
  )
}

describe(`every take of ${corpusName} that lost chunks, behind another one that did`, () => {
  test.each(takes)('$name: keeps its packets and its gaps', (take) => {
    for (const sending of SENDINGS) {
      const parts = [partnerOf(take), take].map((one) => {
        const sent = sendTake(one, sending)
        const lost = [2, sent.chunks.length - 2]
        const { input, stored } = storedWithout(sent, lost)
        return { input, stored, alone: buildWithout(sent, lost) }
      })
      const given = parts.map(({ input }) => ({ input, startedAtMs: 0 }))
      const joined = joinTakes(given, 'closed')
      if (!joined) throw new Error('not joined')
      const bytes = readFile(
        joined.file,
        parts.flatMap(({ stored }) => stored),
      )
      const expected = parts.flatMap(({ alone }, n) =>
        told(readPackets(alone.bytes), joined.takes[n]?.startMs ?? 0),
      )
      expect(told(readPackets(bytes), 0)).toEqual(expected)
      expectSoundFront(bytes)
      const runs = parts.flatMap(({ alone }, n) =>
        alone.file.runs.map((run) => {
          const startMs = joined.takes[n]?.startMs ?? 0
          return run && { startMs: run.startMs + startMs, endMs: run.endMs + startMs }
        }),
      )
      expect(joined.file.runs).toEqual(runs)
    }
  })
})
