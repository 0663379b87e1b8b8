// Reconciling while recorders send to a server that others of its kind died beside: the server by itself every second, and the
// command again and again. Nobody notices, and nothing that was acked is touched.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openLocalStore } from '../../server/store/local-store.ts'
import { loadTake } from '../support/corpus.ts'
import { runHoldfast } from '../support/holdfast-command.ts'
import {
  ackViolations,
  ledgerViolations,
  metricViolations,
  storeViolations,
  sumOf,
} from '../support/invariants.ts'
import { ScriptedRecorder, seeded } from '../support/scripted-recorder.ts'
import { alignSlices } from '../support/take-pipeline.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireBed } from '../support/wire-bed.ts'
import { WireHttp, WireSocket } from '../support/wire-client.ts'
import { chunk, take } from '../support/wire-frames.ts'

const { slices, mimeType } = loadTake('webm-vp8-opus-ts1000-30s')
const RECORDERS = 4
const SECONDS = 4

/** Like the dead one’s segment, but for chunks whose rows were never written: it died in between. */
async function dieBetween(bed: WireBed): Promise<string> {
  const made = await bed.http.create()
  const dying = await bed.startBeside('bun')
  const socket = await WireSocket.greet(dying.url, made)
  socket.send(take(0, { mimeType }), chunk(0, slices[0] ?? new Uint8Array(1)))
  await socket.until('ack 0/0')
  await dying.kill()
  await bed.sql`delete from chunks where recording_id = ${made.id}`
  await bed.sql`update takes set chunk_count = 0, bytes = 0, max_seq = -1 where recording_id = ${made.id}`
  await bed.sql`update recordings set chunk_count = 0, bytes = 0 where id = ${made.id}`
  return made.id
}

test('R10: beside a server under load adopts what the dead left, and touches nothing of the living', async () => {
  const bed = await WireBed.start('bun', { HOLDFAST_RECONCILE_MS: '1000' })
  onTestFinished(() => bed.stop())
  const left = await dieBetween(bed)
  const [{ before } = { before: 0 }] = await bed.sql`select count(*)::int as before from chunks`
  const random = seeded(7)
  const signal = AbortSignal.timeout(100_000)
  const { init, chunks: aligned } = alignSlices(slices, 10_000)
  const chunks = aligned.map(({ bytes }) => bytes)
  const everyMs = (SECONDS * 1000) / chunks.length
  const crew: ScriptedRecorder[] = []
  for (let n = 0; n < RECORDERS; n++) {
    const rung = n % 2 === 0 ? ('websocket' as const) : ('http' as const)
    const script = { url: bed.url, rung, mimeType, init, chunks, everyMs, random, signal }
    crew.push(new ScriptedRecorder(script, await new WireHttp(bed.url).create()))
  }
  const work = Promise.all(crew.map((recorder) => recorder.run()))
  // Not silent for long enough to be taken for dead: somebody says that it is over.
  await bed.sql`
    update instances set stopped_at = now() where incarnation <> (
      select incarnation from instances order by started_at limit 1)`
  await mkdir(join(bed.server.dataDir, 'store', left.slice(-2), left), { recursive: true })
  await writeFile(
    join(bed.server.dataDir, 'store', left.slice(-2), left, 'dead-3.seg.part'),
    'half a copy',
  )
  const env = { HOLDFAST_DATA_DIR: bed.server.dataDir, DATABASE_URL: bed.databaseUrl }
  let runs = 0
  const reconciling = (async () => {
    while (crew.some(({ acked }) => acked.length < chunks.length) && !signal.aborted) {
      const ended = await runHoldfast(['reconcile', '--apply', '--json'], env)
      // 2: the server is at it itself in this moment.
      if (ended.code === 2) expect(ended.stderr).toContain('Another process reconciles')
      else expect(ended, ended.stdout + ended.stderr).toMatchObject({ code: 0 })
      runs += 1
    }
  })()
  await Promise.all([work, reconciling])
  expect(runs).toBeGreaterThan(1)

  const row = await waitFor('the adoption', async () => {
    const [chunkRow] = await bed.sql`select seq from chunks where recording_id = ${left}`
    return chunkRow
  })
  expect(Number(row.seq)).toBe(0)
  const acked = crew.flatMap((recorder) => recorder.acked)
  expect(acked).toHaveLength(RECORDERS * chunks.length)
  const root = join(bed.server.dataDir, 'store')
  const store = await openLocalStore({ root, incarnation: 'reader' })
  onTestFinished(() => store.close())
  expect([
    ...(await ackViolations(bed.sql, acked)),
    ...(await storeViolations(bed.sql, store)),
    ...(await ledgerViolations(bed.sql)),
  ]).toEqual([])
  // Only what recorders sent is counted as theirs.
  const metrics = await (await fetch(`${bed.url}/metrics`)).text()
  expect(
    await metricViolations(metrics, bed.sql, { before: Number(before) + 1, isExact: true }),
  ).toEqual([])
  expect(bed.server.logs.filter(({ level }) => level === 'error')).toEqual([])
  expect(sumOf(metrics, 'holdfast_cleanup_failures_total')).toBe(0)
}, 120_000)

test('the server by itself finds what died beside it, and counts it', async () => {
  const bed = await WireBed.start('bun', { HOLDFAST_RECONCILE_MS: '500' })
  onTestFinished(() => bed.stop())
  const left = await dieBetween(bed)
  await bed.sql`
    update instances set stopped_at = now() where incarnation <> (
      select incarnation from instances order by started_at limit 1)`
  await waitFor('the adoption', async () => {
    const rows = await bed.sql`select seq from chunks where recording_id = ${left}`
    return rows.length === 1
  })
  await waitFor('the count', async () => {
    const text = await (await fetch(`${bed.url}/metrics`)).text()
    return text.includes('kind="orphan_chunks",outcome="mended"} 1')
  })
  expect(
    bed.server.logs.some(({ msg, kind }) => msg === 'reconciled' && kind === 'orphan_chunks'),
  ).toBe(true)
})
