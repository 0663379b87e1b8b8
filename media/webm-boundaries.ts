// Owns where a WebM take may be cut: behind each complete element of a Cluster, and what is known at that place. Between
// a Cluster's head and its timecode is no such place. It reads no more than that takes, since it is loaded before one can record: one
// element after the other, as recorders write them. What is in them, and whether it can be, the server finds out.

import type { Boundary, BoundaryScan, BoundarySource } from './boundaries.ts'
import { type ElementHead, ID, readHead, readUint, vintLength } from './ebml.ts'
import { joinBytes } from './ebml-writer.ts'
import { MediaError } from './media-error.ts'
import { findHeader, readHeader } from './webm-header.ts'
import { DEFAULT_TIMECODE_SCALE_NS, readTimecodeScale } from './webm-tracks.ts'

type Draft = { header: Uint8Array | null; boundaries: Boundary[]; clusterMsBefore: number | null }

/** An element whose head is among the bytes at hand, and where its payload begins in them. */
type Element = ElementHead & { readonly dataAt: number }

/** Of a block: its track's number and its time. */
const LEAD_BYTES = 10

export class WebmBoundaries implements BoundarySource {
  #stage: 'head' | 'media' | 'ended' = 'head'
  /** What came of the element at `#at`: the header until it is complete, then no more than a few bytes. */
  #held = new Uint8Array(0)
  #received = 0
  /** Take offset of the next element. */
  #at = 0
  /** Whether the take may be cut there. */
  #isPlace = false
  #clusterAt = 0
  /** Timecode of the Cluster in force; null from that one's head until it is met. */
  #ticks: number | null = 0
  #scaleNs = DEFAULT_TIMECODE_SCALE_NS
  #clusterMs: number | null = null
  #endMs: number | null = null

  read(bytes: Uint8Array): BoundaryScan {
    const draft: Draft = { header: null, boundaries: [], clusterMsBefore: null }
    this.#received += bytes.length
    try {
      if (this.#stage !== 'ended') this.#scan(joinBytes([this.#held, bytes]), draft)
    } catch (error) {
      if (!(error instanceof MediaError)) throw error
      this.#stage = 'ended'
    }
    return { ...draft, ended: this.#stage === 'ended' }
  }

  #scan(buffer: Uint8Array, draft: Draft): void {
    const base = this.#received - buffer.length
    if (this.#stage === 'head') this.#takeHeader(buffer, draft)
    if (this.#stage === 'media') while (this.#step(buffer, base, draft));
    this.#held = buffer.slice(Math.max(0, this.#at - base))
  }

  #takeHeader(buffer: Uint8Array, draft: Draft): void {
    const span = findHeader(buffer)
    if (!span) return
    const header = buffer.slice(0, span.bytes)
    this.#scaleNs = readTimecodeScale(readHeader(header).children)
    this.#stage = 'media'
    this.#at = header.length
    this.#isPlace = true
    draft.header = header
  }

  /** Reads the head of one element. False = it needs more bytes. */
  #step(buffer: Uint8Array, base: number, draft: Draft): boolean {
    if (this.#received < this.#at) return false
    if (this.#isPlace) {
      draft.boundaries.push({ at: this.#at, clusterMs: this.#clusterMs, endMs: this.#endMs })
    }
    this.#isPlace = false
    const element = elementAt(buffer, this.#at - base)
    if (element?.id !== ID.cluster) return element !== null && this.#pass(buffer, element, draft)
    // Its size does not matter: what follows it is read alike.
    this.#clusterAt = this.#at
    this.#ticks = null
    this.#at += element.headBytes
    return true
  }

  #pass(buffer: Uint8Array, element: Element, draft: Draft): boolean {
    const { id, size, headBytes, dataAt } = element
    if (size === null || id === ID.segment || id === ID.ebml) {
      throw new MediaError('bad_element', 'nothing that a Segment holds')
    }
    if (id === ID.timecode && dataAt + size > buffer.length) return false
    if (id === ID.timecode) this.#takeTimecode(readUint(buffer, dataAt, size), draft)
    const block = id === ID.blockGroup ? elementAt(buffer, dataAt) : element
    if (!block) return false
    if (block.id === ID.simpleBlock || block.id === ID.block) {
      if (block.dataAt + Math.min(block.size ?? 0, LEAD_BYTES) > buffer.length) return false
      if (this.#ticks === null) this.#takeTimecode(0, draft)
      this.#takeBlock(relativeTicks(buffer, block.dataAt))
    }
    // What stands in a Cluster before its timecode belongs to the head of the Cluster.
    this.#isPlace = id !== ID.timecode && this.#ticks !== null
    this.#at += headBytes + size
    return true
  }

  #takeTimecode(ticks: number, draft: Draft): void {
    this.#ticks = ticks
    this.#clusterMs = Math.round((ticks * this.#scaleNs) / 1e6)
    const last = draft.boundaries.at(-1)
    if (!last) draft.clusterMsBefore = this.#clusterMs
    else if (last.at === this.#clusterAt) {
      draft.boundaries[draft.boundaries.length - 1] = { ...last, clusterMs: this.#clusterMs }
    }
  }

  /** Recorders write no end time anywhere: what is known to lie before is all up to the begin of the last packet. */
  #takeBlock(relativeTicks: number): void {
    const ms = Math.round((((this.#ticks ?? 0) + relativeTicks) * this.#scaleNs) / 1e6)
    this.#endMs = Math.max(this.#endMs ?? 0, ms)
  }
}

function elementAt(buffer: Uint8Array, at: number): Element | null {
  const head = readHead(buffer, at)
  return head && { ...head, dataAt: at + head.headBytes }
}

/** Signed 16 bits behind the number of the track. */
function relativeTicks(buffer: Uint8Array, at: number): number {
  const timeAt = at + vintLength(buffer[at] ?? 0)
  return (((buffer[timeAt] ?? 0) << 24) >> 16) | (buffer[timeAt + 1] ?? 0)
}
