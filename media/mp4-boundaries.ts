// Owns where a fragmented MP4 take may be cut: behind each whole box, but never between a moof and its data, so that
// what says how to read samples is never torn from them.

import type { Boundary, BoundaryScan, BoundarySource } from './boundaries.ts'
import { parseMp4 } from './mp4-parser.ts'
import { startMp4 } from './mp4-state.ts'

export class Mp4Boundaries implements BoundarySource {
  #state = startMp4()

  read(bytes: Uint8Array): BoundaryScan {
    const boundaries: Boundary[] = []
    let header: Uint8Array | null = null
    const { events, state } = parseMp4(this.#state, bytes)
    for (const event of events) {
      if (event.type === 'run' || event.type === 'tear') continue
      if (event.type === 'header') header = event.bytes
      const endMs = event.type === 'header' ? null : event.endMs
      boundaries.push({ at: event.end, clusterMs: null, endMs })
    }
    this.#state = state
    const ended = state.stage === 'ended'
    return { header, boundaries, clusterMsBefore: null, ended }
  }
}

/** For `createAligner`: apart from it, so that who records WebM only need not load it. */
export const openMp4Boundaries = (): BoundarySource => new Mp4Boundaries()
