// Writes the tables that the docs repeat from the code: settings, errors, metrics. `bun run docs`; test/house compares.
import { readFile, writeFile } from 'node:fs/promises'
import { ERRORS } from '@holdfast/protocol'
import { settingsTable } from '../server/config-help.ts'
import { createMetrics } from '../server/observe/metrics.ts'

const API = 'docs/api.md'
const OPERATIONS = 'docs/operations.md'

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

/** Replaces the rows of the first table under a heading; its two head lines stay. */
async function rewrite(path: string, heading: string, rows: readonly string[]): Promise<void> {
  const text = await readFile(path, 'utf8')
  const at = text.search(new RegExp(`^#+ ${heading}$`, 'm'))
  const table = /(?:^\|.*\n)+/m.exec(text.slice(at))
  if (at < 0 || !table) throw new Error(`${path} has no table under ${heading}`)
  const from = at + table.index
  const head = table[0].split('\n').slice(0, 2)
  const after = text.slice(from + table[0].length)
  await writeFile(path, `${text.slice(0, from)}${[...head, ...rows].join('\n')}\n${after}`)
}

type ErrorRow = { status: number; retry: boolean; message: string; close?: number }

const errorRows = Object.entries<ErrorRow>(ERRORS).map(
  ([code, { status, retry, close, message }]) =>
    row([`\`${code}\``, String(status), retry ? 'yes' : 'no', String(close ?? ''), message]),
)

async function metricRows(): Promise<string[]> {
  const metrics = createMetrics({ version: '0', runtime: 'docs' })
  metrics.close()
  const known = await metrics.registry.getMetricsAsJSON()
  const own = known.filter(({ name }) => name.startsWith('holdfast_'))
  return own.map(({ name, type, help }) => row([`\`${name}\``, String(type), help]))
}

await rewrite(API, 'Errors', errorRows)
await rewrite(OPERATIONS, 'Metrics', await metricRows())
await rewrite(OPERATIONS, 'Settings', settingsTable().trimEnd().split('\n').slice(2))
