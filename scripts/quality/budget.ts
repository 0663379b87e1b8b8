// What the page may cost, and whether what was measured keeps to it. Pure.
import { LANGUAGES, type Language } from '../../web/ui/store/preferences.ts'
import { median } from '../bench/markdown.ts'
import type { FirstLoad } from './first-load.ts'
import type { RecordingCost } from './recording-cost.ts'

export type BudgetLine = {
  readonly what: string
  readonly measured: number
  readonly limit: number
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

export function recordingLine({ recording }: RecordingCost): BudgetLine {
  const measured = recording.share * 100
  return { what: 'Main thread while recording', measured, limit: RECORDING_LIMIT, unit: '%' }
}

export const isKept = ({ measured, limit }: BudgetLine): boolean => measured <= limit
