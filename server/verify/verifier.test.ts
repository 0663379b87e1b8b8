import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { CompactionSite, flipBit } from '../../test/support/compaction-site.ts'
import { TestLedger } from '../../test/support/ledger.ts'
import { waitFor } from '../../test/support/wait-for.ts'
import { createLog } from '../observe/log.ts'
import { createMetrics } from '../observe/metrics.ts'
import type { ChunkStore, StoredAt } from '../store/chunk-store.ts'
import { frameOf } from './chunk-framing.ts'
import { Verifier } from './verifier.ts'

/** Each lies once in its segment. */
const PLAYED = 10
const OTHER = 13

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

test('settles what somebody came upon at once, then reads the rest, once however many ask', async () => {
  const id = await site.bed.recording()
  const rows = await ledger.chunkRows(id)
  const [played, other] = [PLAYED, OTHER].map((seq) => rows.find((row) => row.seq === seq))
  if (!played || !other) throw new Error('no chunks')
  for (const { segment, offset } of [played, other]) {
    await flipBit(join(site.bed.folder(id), segment), () => offset + 7)
  }
  const damaged = async () =>
    (await ledger.chunkRows(id)).filter((row) => row.damagedAt !== null).map(({ seq }) => seq)
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  let reads = 0
  const store = new Proxy<ChunkStore>(site.store, {
    get: (target, name) => {
      if (name !== 'read') return Reflect.get(target, name, target)?.bind(target)
      return async (recordingId: string, at: StoredAt, bytes: number) => {
        // Of a long recording everything else takes minutes.
        if (at.offset !== frameOf(played).offset) await released
        if (at.offset === frameOf(other).offset) reads += 1
        return await target.read(recordingId, at, bytes)
      }
    },
  })
  const metrics = createMetrics({ version: 'test', runtime: 'test' })
  metrics.close()
  const log = createLog({ level: 'silent' })
  const forgotten: string[] = []
  const forget = (one: string) => forgotten.push(one)
  const verifier = new Verifier({ db: ledger.db, store, forget, log, metrics })
  const looks = [verifier.suspect(id, played.sha256), verifier.suspect(id), verifier.suspect(id)]
  await waitFor('the first to be marked', async () => (await damaged()).length > 0)
  expect(await damaged()).toEqual([PLAYED])
  // A look that has begun may be past it: who comes later is not content with that one.
  looks.push(verifier.suspect(id), verifier.suspect(id))
  release()
  await Promise.all(looks)
  expect(await damaged()).toEqual([PLAYED, OTHER])
  // By the pass, before it is believed, and, marked by then, once by the look that waited.
  expect(reads).toBe(3)
  expect(forgotten).toContain(id)
})
