import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { CHUNKS } from '../../test/support/compaction-bed.ts'
import { CompactionSite, flipBit } from '../../test/support/compaction-site.ts'
import { TestLedger } from '../../test/support/ledger.ts'
import { createLog } from '../observe/log.ts'
import { createMetrics, type Metrics } from '../observe/metrics.ts'
import { Scrubber, type ScrubberOptions } from './scrubber.ts'
import { Verifier } from './verifier.ts'

const log = createLog({ level: 'silent' })
/** So slow that every chunk has its pause. */
const SLOW = 1000
const QUICK = Number.MAX_SAFE_INTEGER
/** Lies once in its segment. */
const ONCE = 10

let ledger: TestLedger
let site: CompactionSite
let metrics: Metrics

beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())
beforeEach(async () => {
  site = await CompactionSite.open(ledger)
  metrics = createMetrics({ version: 'test', runtime: 'test' })
  metrics.close()
})
afterEach(async () => {
  await ledger.sql`update recordings set deleted_at = now()`
  await site.close()
})

function scrubber(parts: Partial<ScrubberOptions> = {}): Scrubber {
  const { db } = ledger
  const verifier = new Verifier({ db, store: site.store, forget: () => undefined, log, metrics })
  const pace = { bytesPerSecond: QUICK, restMs: 86_400_000 }
  return new Scrubber({ db, verifier, ...pace, log, metrics, ...parts })
}

async function flip(id: string, seq: number): Promise<void> {
  const row = (await ledger.chunkRows(id)).find((one) => one.seq === seq)
  if (!row) throw new Error(`no chunk ${seq}`)
  await flipBit(join(site.bed.folder(id), row.segment), () => row.offset + 7)
}

async function damagedSeqs(id: string): Promise<number[]> {
  const rows = await ledger.chunkRows(id)
  return rows.filter(({ damagedAt }) => damagedAt !== null).map(({ seq }) => seq)
}

const bytesOf = async (id: string) =>
  (await ledger.chunkRows(id)).reduce((sum, row) => sum + row.bytes, 0)

const readBytes = async () => (await metrics.scrubbedBytes.get()).values[0]?.value ?? 0

test('finds damage that nobody came upon, in every recording, and rests when it has read all', async () => {
  const ids = [await site.bed.recording(), await site.bed.recording()]
  for (const id of ids) await flip(id, ONCE)
  const one = scrubber()
  await one.scrub()
  for (const id of ids) expect(await damagedSeqs(id)).toEqual([ONCE])
  const text = await metrics.registry.metrics()
  expect(text).toContain('holdfast_scrub_passes_total 1')
  expect(text).toContain('holdfast_damage_chunks_total{outcome="marked"} 2')
  await flip(ids[0] ?? '', ONCE + 3)
  await one.scrub()
  expect(await damagedSeqs(ids[0] ?? '')).toEqual([ONCE])
  await ledger.sql`update jobs set run_at = now()`
  await one.scrub()
  expect(await damagedSeqs(ids[0] ?? '')).toEqual([ONCE, ONCE + 3])
})

/** Stops in the pause behind the chunk of this number; resolves with how many it has read. */
async function stopBehind(chunks: number): Promise<void> {
  let read = 0
  const pause = async () => {
    read += 1
    if (read === chunks) void one.stop()
  }
  const one = scrubber({ bytesPerSecond: SLOW, pause })
  await one.scrub()
  expect(read).toBe(chunks)
}

test('goes on where the last one stopped, and another instance does too', async () => {
  const id = await site.bed.recording()
  await stopBehind(CHUNKS - 4)
  const before = await readBytes()
  await scrubber().scrub()
  const rows = await ledger.chunkRows(id)
  expect((await readBytes()) - before).toBe(
    rows.slice(CHUNKS - 4).reduce((sum, row) => sum + row.bytes, 0),
  )
})

test('what it found before it stopped is not passed over', async () => {
  const id = await site.bed.recording()
  await flip(id, ONCE)
  await stopBehind(ONCE + 5)
  expect(await damagedSeqs(id)).toEqual([])
  await scrubber().scrub()
  expect(await damagedSeqs(id)).toEqual([ONCE])
})

test('reads as fast as it may, and one instance at a time', async () => {
  const id = await site.bed.recording()
  const pauses: number[] = []
  let other: Promise<void> | null = null
  const pause = async (ms: number) => {
    pauses.push(ms)
    other ??= scrubber().scrub()
    await other
  }
  await scrubber({ bytesPerSecond: SLOW, pause }).scrub()
  expect(pauses).toHaveLength(CHUNKS)
  const slept = pauses.at(-1) ?? 0
  // Nothing really waited: what is to be waited adds up to all of the bytes.
  expect(slept).toBeGreaterThan(((await bytesOf(id)) / SLOW) * 1000 - 60_000)
  expect(await readBytes()).toBe(await bytesOf(id))
})

test('whoever lost its turn writes nothing down', async () => {
  await site.bed.recording()
  await site.bed.recording()
  let isLost = false
  const pause = async () => {
    if (isLost) return
    isLost = true
    await ledger.sql`update jobs set lease_until = now() - interval '1 s' where kind = 'scrub'`
    await scrubber().scrub()
  }
  await scrubber({ bytesPerSecond: SLOW, pause }).scrub()
  const [row] =
    await ledger.sql`select data, run_at > now() as rests from jobs where kind = 'scrub'`
  expect(row).toEqual({ data: {}, rests: true })
})
