// Owns what the server remembers of a chunk of a fragmented MP4 take: its samples, because the file's tables are made of
// them. A deterministic function of the take's contiguous prefix: where the cuts lie must not change the file.

import type { TrackSpan } from './index-chunk.ts'
import { MediaError } from './media-error.ts'
import { readMp4Header } from './mp4-header.ts'
import { parseMp4 } from './mp4-parser.ts'
import {
  type Mp4Clock,
  type Mp4State,
  resumeMp4,
  type SampleRun,
  startMp4,
  type Tear,
} from './mp4-state.ts'

export type Mp4IndexState = {
  /** `pending` until the header is complete. */
  readonly container: 'pending' | 'mp4'
  readonly mp4: Mp4State
}

export type Mp4ChunkIndex = {
  /**
   * The samples whose entries in a trun this chunk completed; `at` is relative to the chunk's first byte. Their bytes
   * may lie in later chunks: `after` says how far fragments are complete.
   */
  readonly runs: readonly SampleRun[]
  /** Relative to the chunk's first byte, too. */
  readonly tears: readonly Tear[]
  readonly spans: readonly TrackSpan[]
  readonly header: Uint8Array | null
  readonly after: Mp4IndexState
}

/** The state before chunk 0; null when the init is not a header or the beginning of one. */
export function startMp4Index(init: Uint8Array): Mp4IndexState | null {
  const { state } = parseMp4(startMp4(-init.length), init)
  return state.stage === 'head' ? { container: 'pending', mp4: state } : null
}

/** The state behind a hole; null when this is no complete header. */
export function resumeMp4Index(header: Uint8Array): Mp4IndexState | null {
  try {
    return { container: 'mp4', mp4: resumeMp4(readMp4Header(header).tracks) }
  } catch (error) {
    if (error instanceof MediaError) return null
    throw error
  }
}

/** Null when the take turns out to be no fragmented MP4. */
export function indexMp4(state: Mp4IndexState, bytes: Uint8Array): Mp4ChunkIndex | null {
  const { events, state: mp4 } = parseMp4(state.mp4, bytes)
  const chunkStart = state.mp4.received
  const runs: SampleRun[] = []
  const tears: Tear[] = []
  let { container } = state
  let header: Uint8Array | null = null
  for (const event of events) {
    if (event.type === 'run') {
      const { at, moof } = event.run
      runs.push({ ...event.run, at: at - chunkStart, moof: moof - chunkStart })
    } else if (event.type === 'tear') {
      const { at, moof } = event
      tears.push({ at: at - chunkStart, moof: moof === null ? null : moof - chunkStart })
    } else if (event.type === 'header') {
      header = event.bytes
      container = 'mp4'
    }
  }
  if (container === 'pending' && mp4.stage === 'ended') return null
  return { runs, tears, spans: spansOf(runs, mp4.clocks), header, after: { container, mp4 } }
}

function spansOf(runs: readonly SampleRun[], clocks: readonly Mp4Clock[]): TrackSpan[] {
  return clocks.flatMap(({ number, timescale, shiftTicks }): TrackSpan[] => {
    const own = runs.filter((run) => run.track === number)
    if (own.length === 0) return []
    const ms = (ticks: number) => Math.round(((ticks - shiftTicks) * 1000) / timescale)
    const first = own.reduce((least, run) => Math.min(least, run.ticks), Number.POSITIVE_INFINITY)
    const last = own.reduce((most, run) => Math.max(most, lastTicksOf(run)), 0)
    return [{ track: number, firstMs: ms(first), lastMs: ms(last) }]
  })
}

function lastTicksOf({ ticks, durations }: SampleRun): number {
  return durations.slice(0, -1).reduce((sum, duration) => sum + duration, ticks)
}
