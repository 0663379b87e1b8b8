// A bounded fuzz run over recorded fragmented MP4: whatever the bytes are, nothing throws, no sample lies outside what is
// stored, indexes stay small, and the file's own tables agree with its size.
import { expect, test } from 'vitest'
import { readMp4Samples } from '../../media/fixtures/mp4-samples.ts'
import { mp4Header, second } from '../../media/fixtures/sample-mp4.ts'
import { readBoxes } from '../../media/mp4-box.ts'
import { checkTake, roundsOf, runMutations } from '../support/changed-take.ts'
import { corpusName, loadMp4Takes } from '../support/corpus.ts'
import { MP4_PIECES, type Random } from '../support/mutations.ts'
import { alignSlices, buildFile, cutAt } from '../support/take-pipeline.ts'

const ROUNDS = roundsOf(2500)
const MAX_BYTES = 24_000
/** A header, clocks, an open moof; and of the samples that no byte stands for, one moof may claim 65,536. */
const FIXED_INDEX_BYTES = 16 * 1024 + 4096
const maxIndexBytes = (chunkBytes: number) => FIXED_INDEX_BYTES + 4 * chunkBytes

function startPool(): Uint8Array[] {
  const takes = loadMp4Takes().map((take) => take.joined)
  // Whole fragments that are small: a change hits their tables more often than their data.
  const made = [mp4Header(), second(0, 30), second(1, 30), second(2, 30)]
  return [...takes, new Uint8Array(Buffer.concat(made))]
}

/** Wherever the bytes were cut, aligned or not. */
function expectOneFile(bytes: Uint8Array, random: Random): void {
  const places = Array.from({ length: 5 }, () => Math.floor(random() * (bytes.length + 1)))
  const slices = cutAt(bytes, places)
  const { init, chunks } = alignSlices(slices, 8192)
  const aligned = chunks.map((chunk) => chunk.bytes)
  const whole = buildFile(null, [bytes]).bytes
  expect(Buffer.compare(buildFile(null, slices).bytes, whole)).toBe(0)
  expect(Buffer.compare(buildFile(init, aligned).bytes, whole)).toBe(0)
}

function check(bytes: Uint8Array, random: Random): string {
  expectOneFile(bytes, random)
  const { input, file, bytes: virtual } = checkTake(bytes, random, maxIndexBytes)
  const after = input.chunks.at(-1)?.index.after
  const said = after && 'mp4' in after ? [after.mp4.stage, after.mp4.trouble] : ['other']
  if (file.container !== 'mp4') return [file.container, ...said].join(' ')
  const types = readBoxes(virtual).map((box) => box.type)
  expect(types).toEqual(file.mediaEnd > 0 ? ['ftyp', 'moov', 'mdat'] : ['ftyp', 'moov'])
  const tracks = readMp4Samples(virtual)
  for (const { samples } of tracks) {
    for (const sample of samples) {
      if (sample.bytes.length === 0) continue
      expect(sample.bytes.byteOffset - virtual.byteOffset).toBeGreaterThanOrEqual(
        file.header.length,
      )
    }
  }
  const counts = tracks.map((track) => Math.min(3, track.samples.length))
  const times = file.runs.map((run) => run !== null)
  return [file.container, ...said, ...counts, ...times].join(' ')
}

test(
  `${ROUNDS} changed MP4 takes of ${corpusName}: no exception, true sizes, small indexes`,
  () => {
    const found = runMutations({
      pool: startPool(),
      pieces: MP4_PIECES,
      maxBytes: MAX_BYTES,
      rounds: ROUNDS,
      check,
    })
    expect(found).toBeGreaterThan(20)
  },
  60_000 + 20 * ROUNDS,
)
