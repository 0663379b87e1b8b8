// Owns where a WebM take may be cut: behind each complete element of a Cluster, and what is known at that place. Between
// a Cluster's head and its first block is no such place, so that a Cluster's timecode is never torn from its blocks.

import type { Boundary, BoundaryScan, BoundarySource } from './boundaries.ts'
import { MediaError } from './media-error.ts'
import { advanceClock, clocksEndNs, startClocks, type TrackClock } from './track-clock.ts'
import { readHeader } from './webm-header.ts'
import { readWebm } from './webm-parser.ts'
import { startWebm, type WebmEvent } from './webm-state.ts'
import { DEFAULT_TIMECODE_SCALE_NS, readTimecodeScale, readTracks } from './webm-tracks.ts'

type Draft = { header: Uint8Array | null; boundaries: Boundary[]; clusterMsBefore: number | null }

export class WebmBoundaries implements BoundarySource {
  #webm = startWebm()
  #clocks: TrackClock[] = []
  #scaleNs = DEFAULT_TIMECODE_SCALE_NS
  #endMs: number | null = null
  #clusterMs: number | null = null

  read(bytes: Uint8Array): BoundaryScan {
    const draft: Draft = { header: null, boundaries: [], clusterMsBefore: null }
    try {
      this.#webm = readWebm(this.#webm, bytes, (event) => this.#take(event, draft))
    } catch (error) {
      if (!(error instanceof MediaError)) throw error
      // Only a header throws here: it parsed as elements, but does not say what a WebM header says.
      this.#webm = { ...this.#webm, stage: 'ended' }
      return { header: null, boundaries: [], clusterMsBefore: null, ended: true }
    }
    return { ...draft, ended: this.#webm.stage === 'ended' }
  }

  #take(event: WebmEvent, draft: Draft): void {
    if (event.type === 'header') this.#takeHeader(event.bytes, draft)
    else if (event.type === 'cluster') this.#takeCluster(event.timecode, event.start, draft)
    else {
      if (event.type === 'block') this.#takeBlock(event)
      draft.boundaries.push({ at: event.end, clusterMs: this.#clusterMs, endMs: this.#endMs })
    }
  }

  #takeHeader(header: Uint8Array, draft: Draft): void {
    const { children } = readHeader(header)
    this.#scaleNs = readTimecodeScale(children)
    this.#clocks = startClocks(readTracks(children))
    draft.header = header
    draft.boundaries.push({ at: header.length, clusterMs: null, endMs: null })
  }

  #takeCluster(timecode: number | null, start: number, draft: Draft): void {
    if (timecode === null) return
    this.#clusterMs = Math.round((timecode * this.#scaleNs) / 1e6)
    const last = draft.boundaries.at(-1)
    if (!last) draft.clusterMsBefore = this.#clusterMs
    else if (last.at === start) {
      draft.boundaries[draft.boundaries.length - 1] = { ...last, clusterMs: this.#clusterMs }
    }
  }

  #takeBlock(event: Extract<WebmEvent, { type: 'block' }>): void {
    const at = this.#clocks.findIndex((clock) => clock.number === event.lead.track)
    const clock = this.#clocks[at]
    if (!clock) return
    this.#clocks[at] = advanceClock(clock, event, this.#scaleNs)
    const endNs = clocksEndNs(this.#clocks, this.#scaleNs)
    this.#endMs = endNs === null ? null : Math.round(endNs / 1e6)
  }
}
