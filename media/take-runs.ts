// Owns what a run is: chunks of a take that follow each other. A hole ends one, and the next is read on its own, with a
// state that knows nothing of what was before it, so that its indexes stay true whatever earlier holes are filled.

import type { ChunkIndex } from './index-chunk.ts'

/** A chunk as the layout needs it. */
export type LaidChunk = {
  readonly bytes: number
  readonly index: ChunkIndex
  /** Chunks are missing in front of it: its index began anew with `resumeIndex`. */
  readonly behindHole?: boolean
}

export type TakeRun = {
  /** Place of the run's first byte among the stored bytes of the take. */
  readonly base: number
  readonly chunks: readonly LaidChunk[]
}

/** When what was kept of a run is played: ms of the take's own time. */
export type RunTimes = { readonly startMs: number; readonly endMs: number }

/** The runs of a take, in order; without holes one, and none without chunks. */
export function splitRuns(chunks: readonly LaidChunk[]): TakeRun[] {
  const runs: { base: number; chunks: LaidChunk[] }[] = []
  let at = 0
  for (const chunk of chunks) {
    const run = runs.at(-1)
    if (run && !chunk.behindHole) run.chunks.push(chunk)
    else runs.push({ base: at, chunks: [chunk] })
    at += chunk.bytes
  }
  return runs
}

/** What a run turned out to be. */
export function containerOf({ chunks }: TakeRun): ChunkIndex['after']['container'] | undefined {
  return chunks.at(-1)?.index.after.container
}

/** The same run in a file in which its take begins later. */
export function laterRun(run: RunTimes | null, byMs: number): RunTimes | null {
  return run && { startMs: Math.round(run.startMs + byMs), endMs: Math.round(run.endMs + byMs) }
}
