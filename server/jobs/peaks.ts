// The lowest and highest sample of each stretch of a recording, for drawing its waveform. The shape is audiowaveform's
// JSON, version 2: https://github.com/bbc/audiowaveform/blob/master/doc/DataFormat.md
import { Writable } from 'node:stream'

export const PEAKS_RATE = 8000
/** More than a screen has columns; 20,000 pairs are about 150 kB. */
const MAX_POINTS = 20_000
/** 10 ms: nothing shorter is seen. */
const MIN_SAMPLES = 80
/** Where the duration is unknown: ten a second. */
const BLIND_SAMPLES = 800

export type Peaks = {
  version: 2
  channels: 1
  sample_rate: number
  samples_per_pixel: number
  bits: 8
  /** Pairs in `data`. */
  length: number
  /** min, max, min, max, … from −128 to 127. */
  data: number[]
}

export function samplesPerPixel(durationMs: number | null): number {
  if (durationMs === null) return BLIND_SAMPLES
  return Math.max(MIN_SAMPLES, Math.ceil(((durationMs / 1000) * PEAKS_RATE) / MAX_POINTS))
}

/** Takes 16-bit little-endian samples of one channel, cut anywhere. */
export class PeaksWriter extends Writable {
  readonly #perPixel: number
  readonly #data: number[] = []
  #odd: number | null = null
  #count = 0
  #low = 0
  #high = 0

  constructor(perPixel: number) {
    // fluent-ffmpeg takes the `close` of a stream for the reader's wish to end, and kills ffmpeg.
    super({ autoDestroy: false, emitClose: false })
    this.#perPixel = perPixel
  }

  override _write(
    bytes: Uint8Array,
    _encoding: string,
    done: (error?: Error | null) => void,
  ): void {
    let at = 0
    if (this.#odd !== null && bytes.length > 0) {
      this.#take(this.#odd | ((bytes[0] ?? 0) << 8))
      this.#odd = null
      at = 1
    }
    for (; at + 1 < bytes.length; at += 2) {
      this.#take((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8))
    }
    if (at < bytes.length) this.#odd = bytes[at] ?? 0
    done()
  }

  /** What was written so far. */
  peaks(): Peaks {
    if (this.#count > 0) this.#close()
    return {
      version: 2,
      channels: 1,
      sample_rate: PEAKS_RATE,
      samples_per_pixel: this.#perPixel,
      bits: 8,
      length: this.#data.length / 2,
      data: this.#data,
    }
  }

  #take(unsigned: number): void {
    const sample = (unsigned << 16) >> 24
    if (this.#count === 0 || sample < this.#low) this.#low = sample
    if (this.#count === 0 || sample > this.#high) this.#high = sample
    this.#count += 1
    if (this.#count === this.#perPixel) this.#close()
  }

  #close(): void {
    this.#data.push(this.#low, this.#high)
    this.#count = 0
  }
}
