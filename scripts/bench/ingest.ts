// `bun run bench ingest`: durable acks a second and CPU time per ack, beside what the disk itself gives. Every
// round runs every contender, so that a busy minute of the machine meets them all; the table shows medians.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openField, type Sample, type Timing } from './contenders.ts'
import { count, fixed, machineLine, markdownTable, median, quantile } from './markdown.ts'

export type IngestOptions = Timing & { rounds: number; recorders: readonly number[] }

/** About two minutes. */
export const INGEST_DEFAULTS: IngestOptions = {
  rounds: 3,
  recorders: [1, 8, 32],
  warmMs: 400,
  measureMs: 1500,
}

/** What the medians are made of. */
type Row = { name: string; recorders: number; samples: Sample[] }

const perSecond = ({ acks, seconds }: Sample): number => acks / seconds

export async function benchIngest(options: IngestOptions): Promise<void> {
  const rows: Row[] = []
  for (let round = 1; round <= options.rounds; round++) {
    console.error(`round ${round} of ${options.rounds}`)
    await runRound(options, rows)
  }
  console.log(`${machineLine()}; 64 KiB chunks; medians of ${options.rounds} rounds\n`)
  for (const recorders of options.recorders) {
    console.log(`### ${recorders} recorder${recorders === 1 ? '' : 's'}\n`)
    console.log(`${tableOf(rows.filter((row) => row.recorders === recorders))}\n`)
  }
}

/** A folder of its own, since a disk that fills up is another disk. */
async function runRound(options: IngestOptions, rows: Row[]): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-bench-'))
  const field = await openField(root)
  try {
    for (const recorders of options.recorders) {
      for (const contender of field.contenders) {
        const { name } = contender
        const sample = await contender.run(recorders, options)
        console.error(`  ${recorders} × ${name}: ${count(perSecond(sample))}/s`)
        const row = rows.find((one) => one.name === name && one.recorders === recorders)
        if (row) row.samples.push(sample)
        else rows.push({ name, recorders, samples: [sample] })
      }
    }
  } finally {
    await field.stop()
    await rm(root, { recursive: true })
  }
}

const HEAD = [
  '',
  'acks/s',
  'of the floor',
  'CPU per ack (µs)',
  '+ database (µs)',
  'p50 (ms)',
  'p99 (ms)',
]

function tableOf(rows: readonly Row[]): string {
  const floor = rows[0]?.samples ?? []
  return markdownTable(
    HEAD,
    rows.map(({ name, samples }) => {
      const ratios = samples.map((sample, i) => perSecond(sample) / perSecond(floor[i] ?? sample))
      return [
        name,
        count(median(samples.map(perSecond))),
        fixed(median(ratios), 2),
        fixed(
          perAck(samples, ({ cpuMs }) => cpuMs),
          0,
        ),
        fixed(
          perAck(samples, ({ databaseMs }) => databaseMs),
          0,
        ),
        fixed(median(samples.map(({ latenciesMs }) => quantile(latenciesMs, 0.5))), 1),
        fixed(median(samples.map(({ latenciesMs }) => quantile(latenciesMs, 0.99))), 1),
      ]
    }),
  )
}

/** Median of µs per ack; null when one sample does not know. */
function perAck(samples: readonly Sample[], cpu: (sample: Sample) => number | null): number | null {
  const values = samples.map((sample) => {
    const ms = cpu(sample)
    return ms === null ? null : (ms * 1000) / sample.acks
  })
  const known = values.filter((value) => value !== null)
  return known.length === values.length ? median(known) : null
}
