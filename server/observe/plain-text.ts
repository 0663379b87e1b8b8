// Log lines for a person at a terminal: time, sentence, facts. Owns their look only.
import type { pino } from 'pino'

const MARKS: Record<string, string> = { warn: 'warning: ', error: 'ERROR: ', fatal: 'ERROR: ' }

/** A pino destination that writes each JSON line as one readable line. */
export function plainText(write: (line: string) => void): pino.DestinationStream {
  return { write: (json) => write(`${toPlain(json)}\n`) }
}

type Line = { level: string; time: string; msg?: string; [fact: string]: unknown }

function toPlain(json: string): string {
  const { level, time, msg = '', ...facts } = JSON.parse(json) as Line
  const clock = new Date(time).toTimeString().slice(0, 8)
  const pairs = Object.entries(facts).map(([name, value]) => `${name}=${show(value)}`)
  return [clock, `${MARKS[level] ?? ''}${msg}`, ...pairs].join('  ')
}

function show(value: unknown): string {
  const error = value as { message?: unknown; stack?: unknown } | null
  if (typeof error?.stack === 'string') return `\n${error.stack}`
  if (typeof error?.message === 'string') return error.message
  return typeof value === 'string' ? value : JSON.stringify(value)
}
