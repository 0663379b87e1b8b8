// Owns what a place is where a take may be cut, and the choice of who finds them.

import { beginsMp4 } from './container.ts'
import { WebmBoundaries } from './webm-boundaries.ts'

/** A place between two elements or boxes; `at` counts from the first byte of the take, its header included. */
export type Boundary = {
  readonly at: number
  /** Timecode of the Cluster that the next byte belongs to; null in MP4, whose fragments carry their times. */
  readonly clusterMs: number | null
  /** Media time of all that lies before; in WebM where the last packet begins. */
  readonly endMs: number | null
}

export type BoundaryScan = {
  /** The header, in the scan that completed it. */
  readonly header: Uint8Array | null
  readonly boundaries: readonly Boundary[]
  /** Timecode of a Cluster that begins at the last boundary of the scan before. */
  readonly clusterMsBefore: number | null
  /** True when no boundary will come any more: these bytes are neither WebM nor fragmented MP4, or damaged. */
  readonly ended: boolean
}

/** Finds the boundaries of one container. */
export interface BoundarySource {
  /** Reads the next bytes of the take; never throws. */
  read(bytes: Uint8Array): BoundaryScan
}

const NOTHING: BoundaryScan = { header: null, boundaries: [], clusterMsBefore: null, ended: false }

/** For bytes that nobody here reads: they are cut by size. */
const UNREAD: BoundarySource = { read: () => ({ ...NOTHING, ended: true }) }

export class BoundaryReader implements BoundarySource {
  readonly #openMp4: () => BoundarySource
  #source: BoundarySource | null = null

  /** @param openMp4 who reads MP4; without it MP4 is cut by size, which changes nothing in the final file */
  constructor(openMp4: () => BoundarySource = () => UNREAD) {
    this.#openMp4 = openMp4
  }

  read(bytes: Uint8Array): BoundaryScan {
    if (bytes.length > 0) this.#source ??= beginsMp4(bytes) ? this.#openMp4() : new WebmBoundaries()
    return this.#source?.read(bytes) ?? NOTHING
  }
}
