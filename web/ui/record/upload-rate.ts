// How fast chunks get through, told from their acks: bytes over the time from stored here to safe there. Never more
// than was seen, so a recording that keeps up shows at least its own rate. Pure.

/** How much a new chunk counts against what was seen before. */
const SHARE = 0.3
/** A tiny chunk tells of the way there and back, not of the rate. */
const MIN_BYTES = 16_000

export class UploadRate {
  readonly #sentAt = new Map<string, { at: number; bytes: number }>()
  #lastAckAt = Number.NEGATIVE_INFINITY
  #bitsPerSecond: number | null = null

  /** null until something that tells was acknowledged. */
  get bitsPerSecond(): number | null {
    return this.#bitsPerSecond
  }

  captured(key: string, bytes: number, now: number): void {
    this.#sentAt.set(key, { at: now, bytes })
  }

  acked(key: string, now: number): void {
    const sent = this.#sentAt.get(key)
    this.#sentAt.delete(key)
    // Chunks that wait for each other share the line: a chunk's time begins when the one before it was through.
    const since = Math.max(sent?.at ?? now, this.#lastAckAt)
    this.#lastAckAt = now
    if (!sent || sent.bytes < MIN_BYTES || now <= since) return
    const rate = (sent.bytes * 8 * 1000) / (now - since)
    const before = this.#bitsPerSecond ?? rate
    this.#bitsPerSecond = before + SHARE * (rate - before)
  }

  /** A connection that was away says nothing of its rate. */
  interrupted(): void {
    this.#sentAt.clear()
  }
}
