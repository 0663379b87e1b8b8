// Who plays a recording while its bytes are moved, and long after, with a list of places from before.
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { someChunk, someChunkFrame } from '../../test/support/chunks.ts'
import { CompactionSite, flipBit } from '../../test/support/compaction-site.ts'
import { TestLedger } from '../../test/support/ledger.ts'
import { SoundChunks } from '../media-file/sound-chunks.ts'

let ledger: TestLedger
let site: CompactionSite

beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())
beforeEach(async () => {
  site = await CompactionSite.open(ledger)
})
afterEach(() => site.close())

/** A recording with its places as they are before a compaction that then runs to its very end. */
async function playedRecording() {
  const { bed, store } = site
  const id = await bed.recording()
  const before = await ledger.chunkRows(id)
  const compact = async () => {
    const compactor = site.compactor()
    await compactor.sweep()
    await site.keepNoLonger()
    await compactor.sweep()
    expect(await bed.files(id)).toEqual([expect.stringMatching(/^object-/)])
  }
  return { id, store, before, compact }
}

test('goes on with the bytes of an open file when its segment is removed', async () => {
  const { id, store, compact } = await playedRecording()
  const long = { seq: 500, length: 700_000 }
  const place = await store.append(id, someChunkFrame(long))
  const pieces = store.stream(id, place, long.length)
  const parts = [(await pieces.next()).value ?? new Uint8Array()]
  await compact()
  for await (const part of pieces) parts.push(part)
  expect(parts.length).toBeGreaterThan(1)
  expect(Buffer.compare(Buffer.concat(parts), someChunk(long).bytes)).toBe(0)
})

test('finds every chunk again that lay in a removed segment, and learns of the move', async () => {
  const { id, store, before, compact } = await playedRecording()
  await compact()
  const moved: string[] = []
  const chunks = new SoundChunks({
    ...{ db: ledger.db, store, onDamage: () => undefined },
    onMoved: (one) => moved.push(one),
  })
  for (const row of before) {
    const parts: Uint8Array[] = []
    const wanted = { chunk: row, skip: 10, bytes: row.bytes - 20 }
    for await (const part of chunks.stream(id, [wanted])) parts.push(part)
    const { bytes } = someChunk({ seq: row.seq, length: row.bytes })
    expect(Buffer.compare(Buffer.concat(parts), bytes.subarray(10, -10))).toBe(0)
  }
  expect(new Set(moved)).toEqual(new Set([id]))
})

test('never gets a byte of a chunk that is damaged, and says which', async () => {
  const { id, store, before } = await playedRecording()
  const damaged: Uint8Array[] = []
  const chunks = new SoundChunks({
    ...{ db: ledger.db, store, onMoved: () => undefined },
    onDamage: (_, sha256) => damaged.push(sha256),
  })
  const [row, other] = before
  if (!row || !other) throw new Error('no chunks')
  await flipBit(join(site.bed.folder(id), row.segment), () => row.offset + row.bytes - 1)
  // Only its first byte is wanted, and that one is right.
  await expect(
    Array.fromAsync(chunks.stream(id, [{ chunk: row, skip: 0, bytes: 1 }])),
  ).rejects.toMatchObject({ code: 'bytes_damaged' })
  expect(damaged).toEqual([row.sha256])
  const sound = chunks.stream(id, [{ chunk: other, skip: 0, bytes: 1 }])
  expect(await Array.fromAsync(sound)).toHaveLength(1)
})
