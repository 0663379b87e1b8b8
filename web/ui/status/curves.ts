// Which curves are drawn together, and in which of the page's colours.
import { statusWords as words } from '../strings/status-words.ts'
import type { Step } from './status-client.ts'

export type CurveKey = keyof typeof words.curves & keyof Step

export type PlotPlan = {
  readonly title: string
  readonly curves: readonly { readonly key: CurveKey; readonly colour: string }[]
  /** Counts are added up for the words under the plot; levels are told as they are now. */
  readonly isLevel?: boolean
}

const GOOD = '--bar-safe'
const CARE = '--bar-waiting'
const BAD = '--danger'

/** The four groups of the metrics first, then what they come from. */
export const PLOTS: readonly PlotPlan[] = [
  {
    title: words.plots.finalize,
    curves: [
      { key: 'finalized', colour: GOOD },
      { key: 'byItself', colour: CARE },
      { key: 'failures', colour: BAD },
    ],
  },
  {
    title: words.plots.grace,
    curves: [
      { key: 'returned', colour: GOOD },
      { key: 'expired', colour: CARE },
    ],
  },
  {
    title: words.plots.loss,
    curves: [
      { key: 'missing', colour: BAD },
      { key: 'rejected', colour: CARE },
    ],
  },
  { title: words.plots.cleanup, curves: [{ key: 'purged', colour: GOOD }] },
  { title: words.plots.ingest, curves: [{ key: 'acked', colour: GOOD }] },
  {
    title: words.plots.ack,
    isLevel: true,
    curves: [
      { key: 'ackP50Ms', colour: GOOD },
      { key: 'ackP99Ms', colour: CARE },
    ],
  },
]

/** Seconds since 1970 and one list for each curve, as uPlot takes them; null where nothing is known. */
export function pointsOf(
  { curves }: PlotPlan,
  steps: readonly Step[],
): [number[], ...(number | null)[][]] {
  const times = steps.map(({ at }) => Date.parse(at) / 1000)
  return [times, ...curves.map(({ key }) => steps.map((step) => step[key]))]
}

/** What a curve comes to, for those who do not see it. */
export function sumOf(
  { isLevel = false }: PlotPlan,
  key: CurveKey,
  steps: readonly Step[],
): number {
  if (isLevel) return steps.findLast((step) => step[key] !== null)?.[key] ?? 0
  return steps.reduce((sum, step) => sum + (step[key] ?? 0), 0)
}
