// Owns one file of several takes, in the order of their numbers: when each of them is played in it, and which of them can
// be in it at all. It must never change what a take says of its own time: holes inside a take stay as long as they are.

import { Mp4Join } from './join-mp4.ts'
import { WebmJoin } from './join-webm.ts'
import type { TakeLayoutInput, VirtualFile } from './layout.ts'
import { type PlacedMp4, placeMp4 } from './layout-mp4.ts'
import { type PlacedWebm, placeWebm } from './layout-webm.ts'
import { containerOf, splitRuns } from './take-runs.ts'

/** `closed`: each take begins where the one before it ends. `kept`: when it began, by the recorder's clock. */
export type Pauses = 'closed' | 'kept'

export type TakeToJoin = {
  readonly input: TakeLayoutInput
  /** When its recorder was started, in ms of any clock that all takes share. */
  readonly startedAtMs: number
}

/** A take in the file: its time 0 is at `startMs`. */
export type JoinedTake = {
  /** Which of the given takes. */
  readonly index: number
  readonly startMs: number
  readonly endMs: number
}

export type JoinedFile = {
  /** Take offsets count through the stored bytes of `takes`, one after another. */
  readonly file: VirtualFile
  readonly takes: readonly JoinedTake[]
}

type Placed = PlacedWebm | PlacedMp4

/** A take that is understood, and its place in the file. */
export type TakePart = {
  readonly placed: Placed
  readonly take: TakeLayoutInput
  readonly startMs: number
  /** Stored bytes of the takes before it. */
  readonly base: number
}

/** A file to which takes are added. */
export interface TakeJoin {
  /** False when the take cannot go on in this file; the file is then as before. */
  add(part: TakePart): boolean
  finish(): VirtualFile
}

/** A pause that is kept is never shown longer: who goes on the next day does not want to wait for it. */
export const MAX_PAUSE_MS = 12 * 3600 * 1000

/**
 * One file of all takes that go together with the first one that has anything to play.
 * @returns null when that is one take or none
 * @throws MediaError only for indexes that do not belong together
 */
export function joinTakes(takes: readonly TakeToJoin[], pauses: Pauses): JoinedFile | null {
  const joined: JoinedTake[] = []
  let join: TakeJoin | null = null
  let base = 0
  let before: Moment | null = null
  for (const [index, { input: take, startedAtMs }] of takes.entries()) {
    const found = place(take)
    if (!found) continue
    join ??= found.placed.container === 'mp4' ? new Mp4Join() : new WebmJoin()
    const { startMs, originMs } = placeAfter(before, startedAtMs, pauses)
    if (!join.add({ ...found, take, startMs, base })) continue
    const endMs = startMs + found.lastsMs
    joined.push({ index, startMs, endMs })
    before = { endMs, originMs }
    base += take.chunks.reduce((sum, { bytes }) => sum + bytes, 0)
  }
  return join && joined.length > 1 ? { file: join.finish(), takes: joined } : null
}

/** Where the file stands: its end so far, and what the recorder's clock says at its time 0. */
type Moment = { readonly endMs: number; readonly originMs: number }

/** A take's length is known less exactly than clocks go: so much earlier may the next one seem to begin. */
const SAME_CLOCK_MS = 1000

/**
 * Clocks are set back and forth: no take begins before the one in front of it has ended. One that was set is the clock of
 * what follows.
 */
function placeAfter(
  before: Moment | null,
  startedAtMs: number,
  pauses: Pauses,
): { startMs: number; originMs: number } {
  if (!before) return { startMs: 0, originMs: startedAtMs }
  const { endMs, originMs } = before
  if (pauses === 'closed') return { startMs: endMs, originMs }
  const toldMs = startedAtMs - originMs
  const startMs = endMs + Math.min(MAX_PAUSE_MS, Math.max(0, toldMs - endMs))
  const isSame = Math.abs(startMs - toldMs) <= SAME_CLOCK_MS
  return { startMs, originMs: isSame ? originMs : startedAtMs - startMs }
}

/** Null when nothing of it plays. `lastsMs` = by itself, rounded up to whole ms. */
function place(take: TakeLayoutInput): { placed: Placed; lastsMs: number } | null {
  const containers = splitRuns(take.chunks).map(containerOf)
  const placed = containers.includes('webm')
    ? placeWebm(take)
    : containers.includes('mp4')
      ? placeMp4(take)
      : null
  const lastsMs = placed && Math.ceil(playedMs(placed))
  return lastsMs ? { placed, lastsMs } : null
}

function playedMs(placed: Placed): number {
  if (placed.container === 'webm') return (placed.endNs ?? 0) / 1e6
  const { header, tables } = placed
  const ends = header.tracks.map(({ timescale, shiftTicks }, n) => {
    const table = tables[n]
    return table?.sizes.length ? ((table.endTicks - shiftTicks) * 1000) / timescale : 0
  })
  return Math.max(0, ...ends)
}
