// A bounded fuzz run over the recorded WebM takes and their dialects, steered by what it finds: an input on which the reader
// says something new is kept and changed further. HOLDFAST_TEST_SEED repeats a run, HOLDFAST_TEST_FUZZ_ROUNDS makes it longer.
import {
  type ChunkIndex,
  decodeChunkIndex,
  encodeChunkIndex,
  type IndexState,
  indexChunk,
  layoutTake,
  resumeIndex,
  startIndex,
  type TakeLayoutInput,
} from '@holdfast/media'
import { expect, test } from 'vitest'
import { readStructure } from '../../media/fixtures/file-structure.ts'
import { MAX_HEADER_BYTES } from '../../media/webm-header.ts'
import { corpusName, loadWebmTakes } from '../support/corpus.ts'
import {
  blockGroup,
  knownCluster,
  lacedBlocks,
  readSource,
  writeDialect,
} from '../support/dialect-webm.ts'
import { mutate, type Random } from '../support/mutations.ts'
import { seeded } from '../support/scripted-recorder.ts'
import { alignSlices, cutAt, readFile } from '../support/take-pipeline.ts'

const ROUNDS = Number(process.env.HOLDFAST_TEST_FUZZ_ROUNDS ?? 2500)
const SEED = Number(process.env.HOLDFAST_TEST_SEED ?? Date.now() % 1_000_000)
const MAX_BYTES = 24_000
/** What an index may have beside what its own chunk gives it: a header, the sizes of a laced block, clocks. */
const FIXED_INDEX_BYTES = MAX_HEADER_BYTES + 4096

function startPool(): Uint8Array[] {
  const takes = loadWebmTakes().map((take) => take.joined)
  const source = readSource(takes.find((take) => take.length > 200_000) ?? new Uint8Array(0))
  const dialects = [
    writeDialect(source, { cluster: knownCluster, isSegmentKnown: true }),
    writeDialect(source, { blocks: (of) => of.packets.map((one) => blockGroup(one, of)) }),
    writeDialect(source, { blocks: (of) => lacedBlocks(of, 'xiph') }),
  ]
  return [...takes, ...dialects].map((bytes) => bytes.slice(0, MAX_BYTES))
}

type Chunk = { bytes: Uint8Array; behindHole: boolean; clusterMs: number | null }

/** The take as the server has it: cut, with or without an init, and now and then with chunks missing. */
function takeApart(
  bytes: Uint8Array,
  random: Random,
): { init: Uint8Array | null; chunks: Chunk[] } {
  const places = Array.from({ length: Math.floor(random() * 10) }, () =>
    Math.floor(random() * (bytes.length + 1)),
  )
  const slices = cutAt(bytes, places)
  const aligned = random() < 0.5 ? alignSlices(slices, 4096) : null
  const all = aligned?.chunks ?? slices.map((slice) => ({ bytes: slice, clusterMs: null }))
  const isKept = all.map(() => random() > (random() < 0.3 ? 0.2 : 0))
  const chunks = all.flatMap((chunk, n) =>
    isKept[n] ? [{ ...chunk, behindHole: n > 0 && !isKept[n - 1] }] : [],
  )
  const [first] = chunks
  if (first && !isKept[0]) first.behindHole = true
  return { init: aligned?.init ?? null, chunks }
}

function indexAll(init: Uint8Array | null, chunks: readonly Chunk[]): TakeLayoutInput['chunks'] {
  let header = init
  let state: IndexState = startIndex(init)
  return chunks.map(({ bytes, behindHole, clusterMs }) => {
    if (behindHole) state = resumeIndex(header, { aligned: clusterMs !== null, clusterMs })
    const { index } = indexChunk(state, bytes)
    const stored = encodeChunkIndex(index)
    expect(stored.length).toBeLessThanOrEqual(FIXED_INDEX_BYTES + 2 * bytes.length)
    const back: ChunkIndex = decodeChunkIndex(stored)
    expect(back).toEqual(index)
    header ??= index.header
    state = back.after
    return { bytes: bytes.length, index: back, behindHole }
  })
}

/** Everything that must be true of any bytes. Returns what the reader made of them, in a few words. */
function check(bytes: Uint8Array, random: Random): string {
  const cut = cutAt(bytes, [Math.floor(random() * bytes.length), Math.floor(random() * 500)])
  const { init: own, chunks: whole } = alignSlices(cut, 4096)
  const joined = Buffer.concat([own ?? new Uint8Array(0), ...whole.map((chunk) => chunk.bytes)])
  expect(joined.equals(bytes)).toBe(true)
  expect(whole.every((chunk) => chunk.bytes.length <= 4096)).toBe(true)

  const { init, chunks } = takeApart(bytes, random)
  const laid = indexAll(init, chunks)
  const file = layoutTake({ init, chunks: laid })
  const kept = chunks.map((chunk) => chunk.bytes)
  const virtual = readFile(file, kept)
  expect(virtual.length).toBe(file.size)
  let at = file.header.length
  for (const extent of file.extents) {
    expect(extent.at).toBe(at)
    at += 'literal' in extent ? extent.literal.length : extent.to - extent.from
  }
  expect(at).toBe(file.size)
  if (file.container === 'webm') expect(readStructure(virtual).trailingBytes).toBe(0)
  const after = laid.at(-1)?.index.after
  const said = after && 'webm' in after ? [after.webm.stage, after.webm.trouble] : ['mp4']
  const kinds = laid.map(({ index }) =>
    'cues' in index ? [index.clusters.length > 0, index.cues.length > 0] : [],
  )
  return [file.container, ...said, ...kinds.flat().slice(0, 8), file.runs.length].join(' ')
}

test(`${ROUNDS} changed takes of ${corpusName}: no exception, true sizes, small indexes`, () => {
  console.info(`HOLDFAST_TEST_SEED=${SEED}`)
  const pool = startPool()
  const random = seeded(SEED)
  const seen = new Set<string>()
  for (let round = 0; round < ROUNDS; round++) {
    let bytes = pool[Math.floor(random() * pool.length)] ?? new Uint8Array(0)
    for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes--) {
      bytes = mutate(bytes, random, pool, MAX_BYTES)
    }
    try {
      const said = check(bytes, random)
      if (!seen.has(said)) pool.push(bytes)
      seen.add(said)
    } catch (error) {
      throw new Error(`HOLDFAST_TEST_SEED=${SEED}, round ${round}`, { cause: error })
    }
  }
  console.info(`${seen.size} outcomes told apart`)
  expect(seen.size).toBeGreaterThan(20)
}, 60_000)
