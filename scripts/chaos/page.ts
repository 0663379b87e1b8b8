// The table of docs/faults.md: one row per fault, made of the runs just done; rows of faults that were not run stay.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Fault } from '../../test/chaos/fault.ts'
import { FAULTS } from '../../test/chaos/faults.ts'
import type { Outcome } from '../../test/chaos/run-fault.ts'
import { count, machineLine, markdownTable, median } from '../bench/markdown.ts'

export type FaultRuns = {
  fault: Fault
  outcomes: Outcome[]
  /** What the machine has not; the fault was skipped. */
  missing: string | null
}

const PAGE = join(import.meta.dirname, '../../docs/faults.md')
const BEGIN = '<!-- made by bun run chaos -->'
const END = '<!-- end -->'
const HEAD = ['fault', 'runs', 'acked', 'lost', 'back after', 'longest']

export async function writeTable(results: readonly FaultRuns[]): Promise<void> {
  const page = await readFile(PAGE, 'utf8')
  const [before = '', rest = ''] = page.split(BEGIN)
  const [made = '', after = '\n'] = rest.split(END)
  const rows = Object.values(FAULTS)
    .flat()
    .map((fault) => {
      const run = results.find((one) => one.fault.name === fault.name)
      return run && run.missing === null ? rowOf(run) : (oldRow(made, fault) ?? [])
    })
  const table = markdownTable(
    HEAD,
    rows.filter((row) => row.length > 0),
  )
  const text = `Last run on ${machineLine()}.\n\n${table}`
  await writeFile(PAGE, `${before}${BEGIN}\n\n${text}\n\n${END}${after}`)
}

function rowOf({ fault, outcomes }: FaultRuns): string[] {
  const sum = (of: (outcome: Outcome) => number) => outcomes.reduce((all, one) => all + of(one), 0)
  const recoveries = outcomes.flatMap(({ recoveryMs }) => recoveryMs ?? [])
  const failed = outcomes.filter(({ violations }) => violations.length > 0).length
  return [
    `\`${fault.name}\`: ${fault.title}`,
    failed === 0 ? count(outcomes.length) : `${outcomes.length}, **${failed} failed**`,
    count(sum(({ acked }) => acked)),
    count(sum(({ lost }) => lost)),
    recoveries.length === 0 ? 'never' : `${(median(recoveries) / 1000).toFixed(1)} s`,
    recoveries.length === 0 ? 'never' : `${(Math.max(...recoveries) / 1000).toFixed(1)} s`,
  ]
}

function oldRow(table: string, { name }: Fault): string[] | undefined {
  const line = table.split('\n').find((one) => one.startsWith(`| \`${name}\`: `))
  return line
    ?.split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
}
