// A bounded fuzz run over the recorded WebM takes and their dialects, also as MP4.
import { layoutWebmAsMp4, MediaError, planWebmAsMp4, type TakeLayoutInput } from '@holdfast/media'
import { expect, test } from 'vitest'
import { readStructure } from '../../media/fixtures/file-structure.ts'
import { readMp4Samples } from '../../media/fixtures/mp4-samples.ts'
import { MAX_HEADER_BYTES } from '../../media/webm-header.ts'
import { checkTake, expectTrueSizes, roundsOf, runMutations } from '../support/changed-take.ts'
import { corpusName, loadWebmTakes } from '../support/corpus.ts'
import {
  blockGroup,
  knownCluster,
  lacedBlocks,
  readSource,
  writeDialect,
} from '../support/dialect-writer.ts'
import { type Random, WEBM_PIECES } from '../support/mutations.ts'
import { readFile } from '../support/take-pipeline.ts'

const ROUNDS = roundsOf(2500)
const MAX_BYTES = 24_000
/** What an index may have beside what its own chunk gives it: a header, the sizes of a laced block, clocks. */
const FIXED_INDEX_BYTES = MAX_HEADER_BYTES + 4096
const maxIndexBytes = (chunkBytes: number) => FIXED_INDEX_BYTES + 2 * chunkBytes

function startPool(): Uint8Array[] {
  const takes = loadWebmTakes().map((take) => take.joined)
  const source = readSource(takes.find((take) => take.length > 200_000) ?? new Uint8Array(0))
  const dialects = [
    writeDialect(source, { cluster: knownCluster, isSegmentKnown: true }),
    writeDialect(source, { blocks: (of) => of.packets.map((one) => blockGroup(one, of)) }),
    writeDialect(source, { blocks: (of) => lacedBlocks(of, 'xiph') }),
  ]
  return [...takes, ...dialects]
}

/** Everything that must be true of any bytes. Returns what the reader made of them, in a few words. */
function check(bytes: Uint8Array, random: Random): string {
  const { input, stored, file, bytes: virtual } = checkTake(bytes, random, maxIndexBytes)
  const laid = input.chunks
  if (file.container === 'webm') expect(readStructure(virtual).trailingBytes).toBe(0)
  const after = laid.at(-1)?.index.after
  const said = after && 'webm' in after ? [after.webm.stage, after.webm.trouble] : ['mp4']
  const kinds = laid.map(({ index }) =>
    'cues' in index ? [index.clusters.length > 0, index.cues.length > 0] : [],
  )
  const words = [file.container, ...said, ...kinds.flat().slice(0, 8), file.runs.length]
  return [...words, asMp4(input, stored)].join(' ')
}

/** The same take as MP4: it is one or it is none, and its samples lie inside the take. */
function asMp4(input: TakeLayoutInput, stored: Uint8Array): string {
  try {
    const plan = planWebmAsMp4(input)
    if (!plan) return 'no plan'
    const starts = plan.starts.map(({ from, to }) => stored.subarray(from, to))
    for (const { samples } of plan.tracks) {
      for (const { at, size } of samples) expect(at + size).toBeLessThanOrEqual(stored.length)
    }
    const file = layoutWebmAsMp4(plan, starts)
    if (!file) return 'no entry'
    const virtual = readFile(file, [stored])
    expectTrueSizes(file, virtual)
    const tracks = readMp4Samples(virtual)
    expect(tracks.map((track) => track.samples.length)).toEqual(
      plan.tracks.map((track) => track.samples.length),
    )
    return 'mp4'
  } catch (error) {
    if (error instanceof MediaError) return error.code
    throw error
  }
}

test(
  `${ROUNDS} changed takes of ${corpusName}: no exception, true sizes, small indexes`,
  () => {
    const found = runMutations({
      pool: startPool(),
      pieces: WEBM_PIECES,
      maxBytes: MAX_BYTES,
      rounds: ROUNDS,
      check,
    })
    expect(found).toBeGreaterThan(20)
  },
  60_000 + 20 * ROUNDS,
)
