// What lines do: they break in the middle of a frame, lose the answers, go silent without telling anybody, and are slow.
import { fault, type Scene } from '../fault.ts'
import { pause } from '../ground.ts'
import { onlyServer } from '../site.ts'
import { type OnLine, siteOnLine } from './line.ts'

type OnScene = Scene & { readonly site: OnLine }

/** Recorders on the WebSocket give up after 5 s without an answer, so a hole must not need them to. */
const GRACE_MS = 1200
const HOLE_MS = 2 * GRACE_MS

const REPEATS_ARE_CONFLICTS = {
  file: 'db/ledger/find-chunk.ts',
  line: "  if (toHex(row.sha256) !== toHex(slot.sha256)) return 'other'\n",
  instead: "  if (toHex(row.sha256) !== '') return 'other'\n",
}
const REPEATS_GO_ON = {
  file: 'server/ingest/chunk-intake.ts',
  line: "      if (known === 'same') return 'duplicate'\n",
  instead: '',
}
const REPEATS_ARE_COUNTED = {
  file: 'db/ledger/commit-chunks.ts',
  line: "    if (outcome === 'stored') {\n      entry.chunks += 1",
  instead: '    if (outcome !== null) {\n      entry.chunks += 1',
}
const LATE_IS_IGNORED = {
  file: 'db/ledger/commit-chunks.ts',
  line: '      generation = g.generation,\n',
  instead: '',
}
const CHUNKS_ARE_NO_LIFE = {
  file: 'db/ledger/commit-chunks.ts',
  line: '      last_seen_at = now(), last_chunk_at = now(),',
  instead: '      last_chunk_at = now(),',
}
const NOTHING_IS_LIFE = {
  file: 'server/ingest/signs-of-life.ts',
  line: '    this.#seen.add(recordingId)',
  instead: '    void recordingId',
}

async function resetInTheMiddle({ site, random }: OnScene): Promise<void> {
  // The first kilobytes are the greeting; then it may be any byte of any frame.
  site.proxy.setShape({ resetAfterBytes: () => 600 + Math.floor(random() * 40_000) })
  site.proxy.setLine('cut')
  site.proxy.setLine('open')
  await pause(2000)
  site.proxy.setShape({})
  site.proxy.setLine('cut')
  site.proxy.setLine('open')
}

export const lineReset = fault<OnLine>({
  name: 'line-reset',
  title: 'every connection is reset after 0.6 to 40 kB, in the middle of whatever that is, for 2 s',
  build: (ground) => siteOnLine(ground),
  strike: resetInTheMiddle,
  also: async ({ crew }) =>
    crew.interruptions > 0 ? [] : ['nothing was interrupted: the fault did not strike'],
  selfTests: [
    {
      without: 'telling a repeated chunk from another one',
      sabotage: { breaks: [REPEATS_ARE_CONFLICTS] },
      finds: /refused for good: chunk_conflict|did not get to its end/,
    },
  ],
})

export const acksLost = fault<OnLine>({
  name: 'acks-lost',
  title: 'the answers of the server are lost, and then the connections; three times',
  build: (ground) => siteOnLine(ground),
  strike: async ({ site, crew }) => {
    for (let i = 0; i < 3; i++) {
      site.proxy.setLine('deaf')
      await pause(500)
      site.proxy.setLine('cut')
      site.proxy.setLine('open')
      if (i < 2) await crew.untilAcked(1)
    }
  },
  also: async ({ site }) => {
    const text = await (await fetch(`${onlyServer(site).url}/metrics`)).text()
    const isRepeated = /^holdfast_chunk_duplicates_total\{.*\} [1-9]/m.test(text)
    return isRepeated ? [] : ['no chunk came twice: no ack was lost']
  },
  selfTests: [
    {
      without: 'counting a repeated chunk once',
      sabotage: { breaks: [REPEATS_GO_ON, REPEATS_ARE_COUNTED] },
      finds: /a counter of a (recording|take) that is not what its rows say/,
    },
  ],
})

export const blackHole = fault<OnLine>({
  name: 'black-hole',
  title: 'the line goes silent both ways for twice the grace time, and nobody is told',
  allow: { mayEndEarly: true },
  build: (ground) => siteOnLine(ground, { HOLDFAST_GRACE_MS: String(GRACE_MS) }),
  strike: async ({ site, random }) => {
    site.proxy.setLine('stalled')
    await pause(HOLE_MS + random() * 500)
    site.proxy.setLine('open')
  },
  also: ({ site }) =>
    site.withLedger(async (sql) => {
      const [row] =
        await sql`select count(*)::int as ended from versions where version = 1 and reason = 'disconnect'`
      return Number(row?.ended) > 0 ? [] : ['I6: nobody was finalized behind the hole']
    }),
  selfTests: [
    {
      without: 'a next version for what comes late',
      sabotage: { breaks: [LATE_IS_IGNORED] },
      finds: /I1|I7|I8/,
    },
  ],
})

export const deafLine = fault<OnLine>({
  name: 'deaf-line',
  title: 'the server hears its recorders and they do not hear it, for twice the grace time',
  allow: { mayEndEarly: true },
  build: (ground) => siteOnLine(ground, { HOLDFAST_GRACE_MS: String(GRACE_MS) }),
  strike: async ({ site, random }) => {
    site.proxy.setLine('deaf')
    await pause(HOLE_MS + random() * 500)
    site.proxy.setLine('cut')
    site.proxy.setLine('open')
  },
  selfTests: [
    {
      without: 'counting a repeated chunk once',
      sabotage: { breaks: [REPEATS_GO_ON, REPEATS_ARE_COUNTED] },
      finds: /a counter of a (recording|take) that is not what its rows say/,
    },
  ],
})

type Slow = OnLine & { backlog: number }

export const slowUplink = fault<Slow>({
  name: 'slow-uplink',
  title: 'an uplink of 64 kB/s for each recorder, of whom some record more than that, for 3 s',
  load: { recorders: 4, everyMs: 10 },
  build: async (ground) => {
    const site = await siteOnLine(ground)
    site.proxy.setShape({ bytesPerSecond: 64_000 })
    return Object.assign(site, { backlog: 0 })
  },
  strike: async ({ site, crew }) => {
    await pause(3000)
    const waiting = crew.members.map(
      ({ recorder }) => recorder.chunks.length - recorder.acked.length,
    )
    site.backlog = Math.max(...waiting)
    site.proxy.setShape({})
    site.proxy.setLine('cut')
    site.proxy.setLine('open')
  },
  also: async ({ site }) => (site.backlog > 16 ? [] : [`only ${site.backlog} chunks had to wait`]),
  selfTests: [
    {
      without: 'taking what is sent for a sign of life',
      sabotage: {
        breaks: [CHUNKS_ARE_NO_LIFE, NOTHING_IS_LIFE],
        env: { HOLDFAST_GRACE_MS: String(GRACE_MS) },
      },
      finds: /I5: finalized while it lived/,
    },
  ],
})
