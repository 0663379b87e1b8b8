// Recorders on recorded chunks, on both rungs at once, while the server is killed at random moments and started
// again. Afterwards everything that was acked is asked for.
import { describe, expect, onTestFinished, test } from 'vitest'
import { loadWebmTakes, type RecordedTake } from '../support/corpus.ts'
import {
  type AckedChunk,
  ackViolations,
  ledgerViolations,
  mediaViolations,
  metricViolations,
  storeViolations,
} from '../support/invariants.ts'
import { embeddedSite, externalSite, type KilledSite } from '../support/killed-site.ts'
import { ScriptedRecorder, seeded } from '../support/scripted-recorder.ts'
import { alignSlices, buildFile } from '../support/take-pipeline.ts'
import { bearer, WireHttp } from '../support/wire-client.ts'

type Plan = { kills: number; recorders: number; seconds: number }

type Crew = { recorder: ScriptedRecorder; init: Uint8Array | null; chunks: readonly Uint8Array[] }

const takes = loadWebmTakes().filter((take) => take.joined.length > 50_000)

/** Half of the crew cuts at elements, the other half passes pieces on, cut anywhere. */
function scriptOf(take: RecordedTake, index: number, random: () => number) {
  if (index % 4 < 2) return alignSlices(take.slices, 8_000)
  const chunks: Uint8Array[] = []
  for (let at = 0; at < take.joined.length; ) {
    const to = at + 1 + Math.floor(random() * 8_000)
    chunks.push(take.joined.slice(at, to))
    at = to
  }
  return { init: null, chunks }
}

async function hire(url: string, plan: Plan, random: () => number): Promise<Crew[]> {
  const signal = AbortSignal.timeout(50_000)
  const http = new WireHttp(url)
  const crew: Crew[] = []
  for (let i = 0; i < plan.recorders; i++) {
    const take = takes[i % takes.length]
    if (!take) throw new Error('no takes')
    const { init, chunks: cut } = scriptOf(take, i, random)
    const chunks = cut.map((one) => ('bytes' in one ? one.bytes : one))
    const rung = i % 2 === 0 ? ('websocket' as const) : ('http' as const)
    const everyMs = (plan.seconds * 1000) / chunks.length
    const { mimeType } = take
    const script = { url, rung, mimeType, init, chunks, everyMs, random, signal }
    crew.push({ recorder: new ScriptedRecorder(script, await http.create()), init, chunks })
  }
  return crew
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Kills at moments that nobody chose; `beforeStart` sees the ledger's state between two lives. */
async function harass(
  { server }: KilledSite,
  plan: Plan,
  random: () => number,
  beforeStart: () => Promise<void>,
): Promise<void> {
  for (let i = 0; i < plan.kills; i++) {
    await pause(200 + random() * 1000)
    await server.kill()
    if (random() < 0.3) await pause(random() * 800)
    await beforeStart()
    await server.start()
  }
}

async function fileViolations({ server }: KilledSite, crew: readonly Crew[]): Promise<string[]> {
  const http = new WireHttp(server.url)
  const found: string[] = []
  for (const { recorder, init, chunks } of crew) {
    const { made } = recorder
    const view = await http.untilStatus(made, 'ready')
    // It was never out of reach for long: one finalization, after its FINISH (I5).
    if (view.version !== 1) {
      const of = JSON.stringify(view.versions)
      found.push(`I5: ${made.id} (${recorder.rung}) has ${view.version} versions: ${of}`)
    }
    if (view.reason !== 'stop') found.push(`I9: ${made.id} ended by ${view.reason}`)
    const media = await http.media(made)
    found.push(...mediaViolations(media, chunks).map((one) => `${made.id}: ${one}`))
    const expected = Buffer.from(buildFile(init, chunks).bytes)
    if (!expected.equals(media)) found.push(`I1: ${made.id} is another file than its chunks make`)
  }
  return found
}

describe.each([
  {
    name: 'twenty recorders, ten kills, Bun with the embedded database',
    make: () => embeddedSite('bun'),
    plan: { kills: 10, recorders: 20, seconds: 17 },
    hasOwnDatabase: false,
  },
  {
    name: 'eight recorders, four kills, Node with a database that lives on',
    make: () => externalSite('node'),
    plan: { kills: 4, recorders: 8, seconds: 7 },
    hasOwnDatabase: true,
  },
])('$name', ({ make, plan, hasOwnDatabase }) => {
  test('I1, I2, I5, I9, I14: nothing that was acked is lost, nothing is there twice', async () => {
    const seed = Number(process.env.HOLDFAST_TEST_SEED ?? Date.now() % 1_000_000)
    const random = seeded(seed)
    console.info(`HOLDFAST_TEST_SEED=${seed}`)
    const site = await make()
    onTestFinished(() => site.end())
    const crew = await hire(site.server.url, plan, random)
    const work = Promise.all(crew.map(({ recorder }) => recorder.run()))
    let before = 0
    await harass(site, plan, random, async () => {
      if (!hasOwnDatabase) return
      before = await site.withLedger(async (sql) => {
        const [row] = await sql`select count(*)::int as chunks from chunks`
        return Number(row?.chunks)
      })
    })
    await work
    expect(await fileViolations(site, crew)).toEqual([])
    const acked: AckedChunk[] = crew.flatMap(({ recorder }) => recorder.acked)
    const interruptions = crew.reduce((sum, one) => sum + one.recorder.interruptions, 0)
    console.info(`${acked.length} chunks acked, ${interruptions} interruptions`)
    expect(acked).toHaveLength(crew.reduce((sum, one) => sum + one.chunks.length, 0))
    expect(interruptions).toBeGreaterThan(plan.kills)
    const metrics = await (
      await fetch(`${site.server.url}/metrics`, { headers: bearer(null) })
    ).text()
    const found = await site.withLedger(async (sql) => [
      ...(await ackViolations(sql, acked)),
      ...(await storeViolations(sql, site.storeDir)),
      ...(await ledgerViolations(sql)),
      ...(hasOwnDatabase ? await metricViolations(metrics, sql, before) : []),
    ])
    expect(found).toEqual([])
  }, 60_000)
})
