// A changed take on its way through client and server, and what must be true of it whatever its bytes are; and a bounded run
// over many of them, steered by what it finds: an input on which the reader says something new is changed further.
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
  type VirtualFile,
} from '@holdfast/media'
import { expect } from 'vitest'
import { type Mutations, mutate, type Random } from './mutations.ts'
import { seeded } from './scripted-recorder.ts'
import { alignSlices, cutAt, readFile } from './take-pipeline.ts'

/** HOLDFAST_TEST_SEED repeats a run, HOLDFAST_TEST_FUZZ_ROUNDS makes it longer. */
const SEED = Number(process.env.HOLDFAST_TEST_SEED ?? Date.now() % 1_000_000)

export function roundsOf(usual: number): number {
  return Number(process.env.HOLDFAST_TEST_FUZZ_ROUNDS ?? usual)
}

/** How long the stored index of a chunk of so many bytes may be. */
export type MaxIndexBytes = (chunkBytes: number) => number

type TornChunk = { bytes: Uint8Array; behindHole: boolean; clusterMs: number | null }

/** The take as the server has it: cut, with or without an init, and now and then with chunks missing. */
function takeApart(
  bytes: Uint8Array,
  random: Random,
): { init: Uint8Array | null; chunks: TornChunk[] } {
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

function indexAll(
  init: Uint8Array | null,
  chunks: readonly TornChunk[],
  maxIndexBytes: MaxIndexBytes,
): TakeLayoutInput['chunks'] {
  let header = init
  let state: IndexState = startIndex(init)
  return chunks.map(({ bytes, behindHole, clusterMs }) => {
    if (behindHole) state = resumeIndex(header, { aligned: clusterMs !== null, clusterMs })
    const { index } = indexChunk(state, bytes)
    const stored = encodeChunkIndex(index)
    expect(stored.length).toBeLessThanOrEqual(maxIndexBytes(bytes.length))
    const back: ChunkIndex = decodeChunkIndex(stored)
    expect(back).toEqual(index)
    header ??= index.header
    state = back.after
    return { bytes: bytes.length, index: back, behindHole }
  })
}

export type CheckedTake = {
  /** The bytes that were not lost. */
  readonly stored: Uint8Array
  readonly input: TakeLayoutInput
  readonly file: VirtualFile
  readonly bytes: Uint8Array
}

/** Everything that must be true of any bytes, of whatever container. */
export function checkTake(
  bytes: Uint8Array,
  random: Random,
  maxIndexBytes: MaxIndexBytes,
): CheckedTake {
  const cut = cutAt(bytes, [Math.floor(random() * bytes.length), Math.floor(random() * 500)])
  const { init: own, chunks: whole } = alignSlices(cut, 4096)
  const joined = Buffer.concat([own ?? new Uint8Array(0), ...whole.map((chunk) => chunk.bytes)])
  expect(joined.equals(bytes)).toBe(true)
  expect(whole.every((chunk) => chunk.bytes.length <= 4096)).toBe(true)

  const { init, chunks } = takeApart(bytes, random)
  const input = { init, chunks: indexAll(init, chunks, maxIndexBytes) }
  const file = layoutTake(input)
  const kept = chunks.map((chunk) => chunk.bytes)
  const virtual = readFile(file, kept)
  expectTrueSizes(file, virtual)
  return { stored: new Uint8Array(Buffer.concat(kept)), input, file, bytes: virtual }
}

/** The header and what follows it make the file, end to end. */
export function expectTrueSizes(file: VirtualFile, virtual: Uint8Array): void {
  expect(virtual.length).toBe(file.size)
  let at = file.header.length
  for (const extent of file.extents) {
    expect(extent.at).toBe(at)
    at += 'literal' in extent ? extent.literal.length : extent.to - extent.from
  }
  expect(at).toBe(file.size)
}

type Run = Omit<Mutations, 'others'> & {
  readonly pool: readonly Uint8Array[]
  readonly rounds: number
  /** What the reader made of these bytes, in a few words. */
  readonly check: (bytes: Uint8Array, random: Random) => string
}

/** Returns how many outcomes were told apart. @throws with seed and round when a check does */
export function runMutations({ pool: start, pieces, maxBytes, rounds, check }: Run): number {
  console.info(`HOLDFAST_TEST_SEED=${SEED}`)
  const pool: Uint8Array[] = start.map((bytes) => bytes.slice(0, maxBytes))
  const random = seeded(SEED)
  const seen = new Set<string>()
  for (let round = 0; round < rounds; round++) {
    let bytes: Uint8Array = pool[Math.floor(random() * pool.length)] ?? new Uint8Array(0)
    for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes--) {
      bytes = mutate(bytes, random, { others: pool, pieces, maxBytes })
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
  return seen.size
}
