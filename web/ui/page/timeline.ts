// What lies where on the time of the file: marks as chapters, what is missing, what is worth watching. Pure.
import type { Mark } from '@holdfast/protocol'
import { pageWords } from '../strings/page-words.ts'
import type { Detail } from './detail.ts'

const words = pageWords.player

export type Chapter = { readonly startMs: number; readonly endMs: number; readonly name: string }
/** Between 0 and 1 of the whole. */
export type Stretch = { readonly from: number; readonly to: number }

const nameOf = ({ label }: Mark, at: number): string => label?.trim() || words.mark(at + 1)

/** From mark to mark, and what is before the first one; those behind the end are none. */
export function chaptersOf(marks: readonly Mark[], lengthMs: number): Chapter[] {
  const inside = marks
    .map((mark, at) => ({ startMs: mark.atMs, name: nameOf(mark, at) }))
    .filter(({ startMs }) => startMs < lengthMs)
  const [first] = inside
  if (!first) return []
  const starts = first.startMs > 0 ? [{ startMs: 0, name: words.beginning }, ...inside] : inside
  return starts.map((start, at) => ({ ...start, endMs: starts[at + 1]?.startMs ?? lengthMs }))
}

const pad = (value: number, digits: number) => String(value).padStart(digits, '0')

function vttTime(ms: number): string {
  const whole = Math.round(ms)
  const [hours, minutes] = [Math.floor(whole / 3_600_000), Math.floor(whole / 60_000) % 60]
  const seconds = Math.floor(whole / 1000) % 60
  return `${pad(hours, 2)}:${pad(minutes, 2)}:${pad(seconds, 2)}.${pad(whole % 1000, 3)}`
}

/** People write what they like; a cue is one line of plain text. */
const cueText = (name: string): string =>
  name
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/\s+/g, ' ')

/** WebVTT, as a chapters track is written. */
export function writeChapters(chapters: readonly Chapter[]): string {
  const cues = chapters.map(({ startMs, endMs, name }) => {
    return `${vttTime(startMs)} --> ${vttTime(endMs)}\n${cueText(name)}\n`
  })
  return `WEBVTT\n\n${cues.join('\n')}`
}

/** Gaps that have a place in the file, as parts of it. */
export function gapStretches({ gaps = [] }: Pick<Detail, 'gaps'>, lengthMs: number): Stretch[] {
  if (lengthMs <= 0) return []
  return gaps.flatMap(({ fromMs, toMs }) => {
    if (fromMs === null || toMs === null || fromMs >= lengthMs) return []
    return [{ from: fromMs / lengthMs, to: Math.min(1, toMs / lengthMs) }]
  })
}

export function trimStretch({ trim }: Pick<Detail, 'trim'>, lengthMs: number): Stretch | null {
  if (!trim || lengthMs <= 0) return null
  return { from: Math.min(1, trim.startMs / lengthMs), to: Math.min(1, trim.endMs / lengthMs) }
}
