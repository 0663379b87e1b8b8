// `bun run bench ingest`: durable acks a second and CPU time per ack, beside what the disk itself gives. Every
// round runs every contender; what was measured beside a busy neighbour is measured again while there is time.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openField, type Sample, type Timing } from './contenders.ts'
import { count, fixed, machineLine, markdownTable, median, quantile } from './markdown.ts'
import { watchOthers } from './others.ts'

export type IngestOptions = Timing & {
  /** Quiet samples wanted of each cell of the table. */
  rounds: number
  recorders: readonly number[]
  /** No round begins later than this. */
  maxSeconds: number
}

/** Two minutes on a quiet machine. */
export const INGEST_DEFAULTS: IngestOptions = {
  rounds: 3,
  recorders: [1, 8, 32],
  warmMs: 300,
  measureMs: 1200,
  maxSeconds: 130,
}

/** What others may use of the machine while a sample that counts is measured. */
const QUIET_SHARE = 0.1

type Taken = { sample: Sample; othersShare: number }
/** One cell of the table. */
type Row = { name: string; recorders: number; taken: Taken[] }

const perSecond = ({ acks, seconds }: Sample): number => acks / seconds
const isQuiet = ({ othersShare }: Taken): boolean => othersShare <= QUIET_SHARE

export async function benchIngest(options: IngestOptions): Promise<void> {
  const rows: Row[] = []
  const isEnough = (row: Row): boolean => row.taken.filter(isQuiet).length >= options.rounds
  const endAt = performance.now() + options.maxSeconds * 1000
  for (let round = 1; performance.now() < endAt; round++) {
    console.error(`round ${round}`)
    await runRound(options, rows, isEnough)
    if (rows.every(isEnough)) break
  }
  for (const row of rows) row.taken = quietest(row.taken, options.rounds)
  const noise = Math.max(...rows.flatMap(({ taken }) => taken.map((one) => one.othersShare)))
  console.log(
    `${machineLine()}; 64 KiB chunks; medians of the ${options.rounds} quietest rounds; ` +
      `other programs used at most ${fixed(noise * 100, 0)} % of the machine\n`,
  )
  for (const recorders of options.recorders) {
    console.log(`### ${recorders} recorder${recorders === 1 ? '' : 's'}\n`)
    console.log(`${tableOf(rows.filter((row) => row.recorders === recorders))}\n`)
  }
}

const quietest = (taken: readonly Taken[], count: number): Taken[] =>
  [...taken].sort((a, b) => a.othersShare - b.othersShare).slice(0, count)

/** A folder of its own, since a disk that fills up is another disk. Skips cells that have enough. */
async function runRound(
  options: IngestOptions,
  rows: Row[],
  isEnough: (row: Row) => boolean,
): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-bench-'))
  const field = await openField(root)
  try {
    for (const recorders of options.recorders) {
      for (const contender of field.contenders) {
        const { name } = contender
        const row = rowOf(rows, name, recorders)
        if (isEnough(row)) continue
        const { value, othersShare } = await watchOthers(() => contender.run(recorders, options))
        row.taken.push({ sample: value, othersShare })
        const noise = `others ${fixed(othersShare * 100, 0)} %`
        console.error(`  ${recorders} × ${name}: ${count(perSecond(value))}/s (${noise})`)
      }
    }
  } finally {
    await field.stop()
    await rm(root, { recursive: true })
  }
}

function rowOf(rows: Row[], name: string, recorders: number): Row {
  const known = rows.find((row) => row.name === name && row.recorders === recorders)
  if (known) return known
  const row: Row = { name, recorders, taken: [] }
  rows.push(row)
  return row
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
  const rateOf = ({ taken }: Row): number => median(taken.map(({ sample }) => perSecond(sample)))
  const floor = rows[0] ? rateOf(rows[0]) : 0
  return markdownTable(
    HEAD,
    rows.map((row) => {
      const samples = row.taken.map(({ sample }) => sample)
      return [
        row.name,
        count(rateOf(row)),
        fixed(rateOf(row) / floor, 2),
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
