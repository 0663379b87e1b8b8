// Owns the samples of one track as the file's tables will say them: decode times from the fragments' own clocks, because
// a recorder does not know how long a fragment's last sample lasts, and says something.

import type { SampleRun } from './mp4-state.ts'

/** Samples whose bytes lie end to end, in the file's words a chunk. */
export type SampleChunk = { readonly at: number; samples: number; readonly description: number }

/** A sample that is not one of a run. */
export type LoneSample = {
  readonly at: number
  readonly size: number
  /** Decode time. */
  readonly ticks: number
  /** Composition time − decode time. */
  readonly shift: number
  readonly isKey: boolean
}

/** Where the samples of a table go. */
export type TableMove = {
  /** Ticks of this table for each of the other's, a whole number. */
  readonly scale: number
  /** By how many ticks of this table every time is later. */
  readonly byTicks: number
  /** Stored bytes in front of them. */
  readonly base: number
  readonly descriptionOf: (description: number) => number
}

/** stts cannot say more. */
const MAX_DELTA = 2 ** 32 - 1

export class SampleTable {
  /** Decode time of the first sample, in ticks of the track. */
  firstTicks = 0
  /** Ticks from each sample to the next one; of the last one, what the recorder said. */
  readonly deltas: number[] = []
  readonly sizes: number[] = []
  readonly shifts: number[] = []
  /** Numbers, from 1, of the samples where decoding can begin. */
  readonly syncs: number[] = []
  readonly chunks: SampleChunk[] = []
  /** At the beginning, what is decoded and not shown. */
  skippedTicks = 0
  #nextTicks = 0
  #chunkEnd = -1

  /** Takes the track's next samples; `at` = take offset of the first one. */
  add(run: SampleRun, at: number): void {
    this.#place(run, at)
    let { ticks } = run
    for (let i = 0; i < run.sizes.length; i++) {
      // Each by itself: a run may come in parts, and where times fall these must not make a difference.
      this.#meet(ticks)
      const delta = run.durations[i] ?? 0
      ticks += delta
      this.deltas.push(delta)
      this.#nextTicks += delta
      this.sizes.push(run.sizes[i] ?? 0)
      this.shifts.push(run.shifts[i] ?? 0)
      if (run.syncs[i]) this.syncs.push(this.sizes.length)
    }
  }

  /** Takes one sample that lies alone; it lasts until the next one comes, or as `endAt` says. */
  addOne(sample: LoneSample): void {
    this.#meet(sample.ticks)
    this.deltas.push(0)
    this.sizes.push(sample.size)
    this.shifts.push(sample.shift)
    if (sample.isKey) this.syncs.push(this.sizes.length)
    this.#placeSamples(sample.at, sample.size, { samples: 1, description: 1 })
  }

  /** The last sample lasts until `ticks`. */
  endAt(ticks: number): void {
    if (this.deltas.length > 0) this.#meet(ticks)
  }

  /** Whether `append` can say how long the last sample lasts before the others begin. */
  reaches(other: SampleTable, { scale, byTicks }: TableMove): boolean {
    const { lastTicks } = this
    return lastTicks === null || other.firstTicks * scale + byTicks - lastTicks <= MAX_DELTA
  }

  /** Takes all samples of another table; the last one so far lasts until they begin. */
  append(other: SampleTable, { scale, byTicks, base, descriptionOf }: TableMove): void {
    if (other.deltas.length === 0) return
    this.#meet(other.firstTicks * scale + byTicks)
    // What sound needs in front of its beginning may lie in front of the end of the sound before it.
    let late = this.#nextTicks - other.firstTicks * scale - byTicks
    const before = this.sizes.length
    for (let i = 0; i < other.sizes.length; i++) {
      const delta = (other.deltas[i] ?? 0) * scale
      const madeUp = Math.min(late, delta)
      late -= madeUp
      this.deltas.push(delta - madeUp)
      this.#nextTicks += delta - madeUp
      this.sizes.push(other.sizes[i] ?? 0)
      this.shifts.push((other.shifts[i] ?? 0) * scale)
    }
    for (const sync of other.syncs) this.syncs.push(before + sync)
    for (const { at, samples, description } of other.chunks) {
      this.chunks.push({ at: base + at, samples, description: descriptionOf(description) })
    }
    this.#chunkEnd = -1
  }

  /** Sum of all deltas. */
  get durationTicks(): number {
    return this.#nextTicks - this.firstTicks
  }

  /** Decode time of the latest sample; null before the first. */
  get lastTicks(): number | null {
    const last = this.deltas.at(-1)
    return last === undefined ? null : this.#nextTicks - last
  }

  /**
   * Decode times of the samples from number `from`, counted from 0, on; null when there is none. The last one lasts as
   * long as the one before it: what recorders say of a fragment's last sample is wrong.
   */
  spanFrom(from: number): { firstTicks: number; endTicks: number } | null {
    const deltas = this.deltas.slice(from)
    if (deltas.length === 0) return null
    const last = deltas.at(-1) ?? 0
    const firstTicks = this.#nextTicks - deltas.reduce((sum, delta) => sum + delta, 0)
    return { firstTicks, endTicks: this.#nextTicks - last + (deltas.at(-2) ?? last) }
  }

  /** Where the first shown sample begins, in recorded ticks. */
  get shownTicks(): number {
    let shown = Number.POSITIVE_INFINITY
    this.#walk((begins) => {
      shown = Math.min(shown, begins)
    })
    return (this.deltas.length > 0 ? shown : this.firstTicks) + this.skippedTicks
  }

  /** Where the latest sample's showing ends, in recorded ticks. */
  get endTicks(): number {
    let end = this.firstTicks
    this.#walk((_, ends) => {
      end = Math.max(end, ends)
    })
    return end
  }

  #walk(visit: (begins: number, ends: number) => void): void {
    let ticks = this.firstTicks
    for (let i = 0; i < this.deltas.length; i++) {
      const shift = this.shifts[i] ?? 0
      const delta = this.deltas[i] ?? 0
      visit(ticks + shift, ticks + shift + delta)
      ticks += delta
    }
  }

  /** The last sample so far lasts until `ticks`; where times fall, the next ones make up for it. */
  #meet(ticks: number): void {
    const last = this.deltas.length - 1
    if (last < 0) {
      this.firstTicks = ticks
      this.#nextTicks = ticks
      return
    }
    const said = this.deltas[last] ?? 0
    const delta = Math.min(MAX_DELTA, Math.max(0, said + ticks - this.#nextTicks))
    this.deltas[last] = delta
    this.#nextTicks += delta - said
  }

  #place({ sizes, description }: SampleRun, at: number): void {
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    this.#placeSamples(at, bytes, { samples: sizes.length, description })
  }

  #placeSamples(at: number, bytes: number, more: Omit<SampleChunk, 'at'>): void {
    const chunk = this.chunks.at(-1)
    if (chunk && this.#chunkEnd === at && chunk.description === more.description) {
      chunk.samples += more.samples
    } else this.chunks.push({ at, ...more })
    this.#chunkEnd = at + bytes
  }
}
