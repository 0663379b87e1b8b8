// What the page may cost, and whether what was measured keeps to it. Pure.
import { LANGUAGES, type Language } from '../../web/ui/store/preferences.ts'
import { median } from '../bench/markdown.ts'
import type { FirstLoad } from './first-load.ts'
import type { RecordingCost } from './recording-cost.ts'

export type BudgetLine = {
  readonly what: string
  readonly measured: number
  readonly limit: number
  /** Where less is as wrong as more. */
  readonly atLeast?: number
  readonly unit: string
}

type FirstLoadLimit = { what: string; limit: number; unit: string; scale?: number }

const FIRST_LOAD: Readonly<Record<keyof FirstLoad, FirstLoadLimit>> = {
  scriptBytes: { what: 'Script, gzipped', limit: 60, unit: 'kB', scale: 1000 },
  styleBytes: { what: 'Style, gzipped', limit: 10, unit: 'kB', scale: 1000 },
  requests: { what: 'Requests', limit: 15, unit: '' },
  firstPaintMs: { what: 'First contentful paint', limit: 1800, unit: 'ms' },
  shift: { what: 'Layout shift', limit: 0, unit: '' },
  longestTaskMs: { what: 'Longest task', limit: 200, unit: 'ms' },
  blockedMs: { what: 'Blocked (TBT)', limit: 200, unit: 'ms' },
}

/** In each language of the page. Times are the median of the loads: one of them may have met a busy machine. */
export function firstLoadLines(
  loads: Readonly<Record<Language, readonly FirstLoad[]>>,
): BudgetLine[] {
  const keys = Object.keys(FIRST_LOAD) as (keyof FirstLoad)[]
  return keys.flatMap((key) => {
    const { scale = 1, what, ...rest } = FIRST_LOAD[key]
    return LANGUAGES.map((language) => {
      const measured = median(loads[language].map((load) => load[key])) / scale
      return { ...rest, what: `${what}, ${language}`, measured }
    })
  })
}

/** Per cent of the main thread, with everything that the page does meanwhile. */
const RECORDING_LIMIT = 3
/** What the limit is said for. Far from it the figure says nothing: the camera was too calm, or the machine too busy. */
const MBIT_PER_SECOND = 2.5
const RATE_TOLERANCE = 0.2

export function recordingLines({ recording }: RecordingCost): BudgetLine[] {
  const measured = recording.thread.share * 100
  return [
    { what: 'Main thread while recording', measured, limit: RECORDING_LIMIT, unit: '%' },
    {
      what: 'Bit rate of that recording',
      measured: recording.mbitPerSecond,
      limit: MBIT_PER_SECOND * (1 + RATE_TOLERANCE),
      atLeast: MBIT_PER_SECOND * (1 - RATE_TOLERANCE),
      unit: 'Mbit/s',
    },
  ]
}

export const isKept = ({ measured, limit, atLeast = 0 }: BudgetLine): boolean =>
  measured >= atLeast && measured <= limit
