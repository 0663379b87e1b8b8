// Which bytes one ranged GET brings: what is wanted and lies close together in one object, up to a length. Between chunks
// lie only the heads of their frames: reading over them costs less than asking again.

/** Bytes of an object that are wanted. */
export type Wanted = { readonly key: string; readonly offset: number; readonly bytes: number }

export type Span = {
  readonly key: string
  readonly from: number
  readonly to: number
  /** What is wanted of it, in order. */
  readonly cuts: readonly Cut[]
}

/** A part of one `Wanted`, or all of it. */
export type Cut = {
  readonly start: number
  readonly end: number
  /** The rest of it, if there was any, came before. */
  readonly isLast: boolean
}

/** A gap that is read and thrown away: what a request costs in time brings far more. */
const MAX_GAP_BYTES = 128 * 1024

export class SpanPlan {
  readonly #wanted: Iterator<Wanted>
  /** What of the last one did not fit. */
  #rest: Wanted | null = null

  constructor(wanted: Iterable<Wanted>) {
    this.#wanted = wanted[Symbol.iterator]()
  }

  /** null when there is no more. Takes no more of what is wanted than it needs, and one ahead. */
  next(maxBytes: number): Span | null {
    const first = this.#take()
    if (!first) return null
    const { key, offset: from } = first
    const cuts: Cut[] = []
    let to = from
    for (let one: Wanted | null = first; one; one = this.#take()) {
      const start = one.offset
      const isNear = one.key === key && start >= to && start - to <= MAX_GAP_BYTES
      const room = from + maxBytes - start
      if (!isNear || room <= 0) {
        this.#rest = one
        break
      }
      to = start + Math.min(one.bytes, room)
      const isLast = one.bytes <= room
      cuts.push({ start, end: to, isLast })
      if (isLast) continue
      this.#rest = { key, offset: to, bytes: one.bytes - room }
      break
    }
    return { key, from, to, cuts }
  }

  #take(): Wanted | null {
    const rest = this.#rest
    this.#rest = null
    if (rest) return rest
    const { done, value } = this.#wanted.next()
    return done ? null : value
  }
}
