// The log and the numbers of a simulated instance: what it says goes into the trace, what it counts goes nowhere.
import type { Log } from '../../../server/observe/log.ts'
import type { Metrics } from '../../../server/observe/metrics.ts'
import { describeError } from '../engine/describe-error.ts'
import { world } from '../engine/scheduler.ts'

export function tracingLog(who: string): Log {
  const say = (facts: unknown, sentence?: string): void => {
    if (!world().tell) return
    const { error, recordingId, ...rest } = facts as Record<string, unknown>
    const about = [
      typeof recordingId === 'string' && `of …${recordingId.slice(-4)}`,
      error !== undefined && describeError(error),
    ]
    const more = Object.keys(rest).length > 0 ? JSON.stringify(rest) : ''
    world().trace(who, [sentence, ...about, more].filter(Boolean).join(' '))
  }
  return { debug: () => undefined, info: say, warn: say, error: say, level: 'info' } as Log
}

const nothing = (): void => undefined
const counter = { inc: nothing, dec: nothing, set: nothing, observe: nothing }

export function silentMetrics(): Metrics {
  return new Proxy({}, { get: () => counter }) as Metrics
}
