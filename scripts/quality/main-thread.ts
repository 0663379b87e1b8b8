// How much of a page's main thread was busy, and with what: from a trace, in time on the processor.
import type { TraceEvent } from './trace.ts'

export type MainThread = {
  /** Of the time that was traced. */
  readonly share: number
  readonly tasksPerSecond: number
  readonly longestMs: number
  /** What the time went to, most first: a name and its share of the traced time. */
  readonly parts: readonly (readonly [what: string, share: number])[]
}

/** The page's own process: a browser has others, for workers and for what it shows itself. */
function processOf(events: readonly TraceEvent[], url: string): number {
  const started = events.find(({ name }) => name === 'TracingStartedInBrowser')
  const frame = started?.args.data?.frames?.find((one) => one.url.startsWith(url))
  if (!frame) throw new Error(`the trace has no page at ${url}`)
  return frame.processId
}

function threadOf(events: readonly TraceEvent[], pid: number): number {
  const named = events.find(
    (event) =>
      event.name === 'thread_name' && event.pid === pid && event.args.name === 'CrRendererMain',
  )
  if (!named) throw new Error('the trace has no main thread of the page')
  return named.tid
}

const costOf = ({ tdur, dur = 0 }: TraceEvent) => tdur ?? dur

const nameOf = ({ name, args }: TraceEvent): string => {
  const { functionName, url = '' } = args.data ?? {}
  if (name !== 'FunctionCall') return name
  return `${functionName || 'anonymous'} in ${url.split('/').pop() || 'the page'}`
}

/** What each event took by itself, without those that lie in it. */
function selfTimes(events: readonly TraceEvent[]): Map<string, number> {
  const sums = new Map<string, number>()
  const open: TraceEvent[] = []
  for (const event of events) {
    while (open.length > 0 && endOf(open.at(-1)) <= event.ts) open.pop()
    const parent = open.at(-1)
    if (parent) sums.set(nameOf(parent), (sums.get(nameOf(parent)) ?? 0) - costOf(event))
    sums.set(nameOf(event), (sums.get(nameOf(event)) ?? 0) + costOf(event))
    open.push(event)
  }
  return sums
}

const endOf = (event: TraceEvent | undefined) => (event ? event.ts + (event.dur ?? 0) : 0)

export function readMainThread(
  events: readonly TraceEvent[],
  url: string,
  tracedMs: number,
): MainThread {
  const pid = processOf(events, url)
  const tid = threadOf(events, pid)
  const mine = events
    .filter((event) => event.pid === pid && event.tid === tid && event.ph === 'X')
    .toSorted((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0))
  const tasks = mine.filter(({ name }) => name === 'RunTask')
  const shareOf = (us: number) => us / 1000 / tracedMs
  const parts = [...selfTimes(mine)]
    .map(([what, us]) => [what, shareOf(us)] as const)
    .toSorted(([, a], [, b]) => b - a)
  return {
    share: shareOf(tasks.reduce((sum, task) => sum + costOf(task), 0)),
    tasksPerSecond: (tasks.length * 1000) / tracedMs,
    longestMs: Math.max(0, ...tasks.map(costOf)) / 1000,
    parts: parts.slice(0, 12),
  }
}
