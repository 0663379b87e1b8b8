// Measures in the thread that carries the sound, so that the page has nothing to do for it: levels go to what paints them,
// the page hears only what it has words for, and levels too once it asks. Listens only: it has no output.
import { LEVEL_S, LevelReading, type Reading } from './level-reading.ts'

declare const sampleRate: number
declare class AudioWorkletProcessor {
  readonly port: MessagePort
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void

export type ToProcessor =
  | { readonly painter: MessagePort }
  | { readonly tellsLevels: boolean }
  | { readonly close: true }
export type FromProcessor = { readonly said: Reading } | { readonly level: number }

/** Of the page: each is a frame that it has to draw. */
const PER_PAGE_LEVEL = 3

class LevelProcessor extends AudioWorkletProcessor {
  readonly #reading = new LevelReading()
  #painter: MessagePort | null = null
  #tellsLevels = false
  #isOpen = true
  #sum = 0
  #count = 0
  #levels = 0

  constructor() {
    super()
    this.port.onmessage = ({ data }: MessageEvent<ToProcessor>) => {
      if ('painter' in data) this.#painter = data.painter
      else if ('tellsLevels' in data) this.#tellsLevels = data.tellsLevels
      else this.#isOpen = false
    }
  }

  /** @param inputs one, of as many channels as the sound has; none once it has ended */
  process([channels = []]: readonly (readonly Float32Array[])[]): boolean {
    for (const samples of channels) {
      for (const sample of samples) this.#sum += sample * sample
      this.#count += samples.length
    }
    if (this.#count >= LEVEL_S * sampleRate * Math.max(1, channels.length)) this.#tell()
    return this.#isOpen
  }

  #tell(): void {
    const isNews = this.#reading.take(this.#sum / this.#count)
    this.#sum = 0
    this.#count = 0
    this.#levels += 1
    const { level, said } = this.#reading
    this.#painter?.postMessage(level)
    if (isNews) this.port.postMessage({ said } satisfies FromProcessor)
    if (this.#tellsLevels && this.#levels % PER_PAGE_LEVEL === 0) {
      this.port.postMessage({ level } satisfies FromProcessor)
    }
  }
}

registerProcessor('level', LevelProcessor)
