// Measures how loud a stream is, and how long it has been silent: in the thread of the sound, painted by a worker. The page
// hears what it has words for. Listens only: it never changes the stream that is recorded.
import { type ReadonlySignal, signal } from '@preact/signals'
import type { ToPainter } from './level-painter.ts'
import type { FromProcessor, ToProcessor } from './level-processor.ts'
// oxlint-disable-next-line import/default -- the build makes a file of it, and this its address
import processor from './level-processor.ts?worker&url'
import type { LevelWord } from './sound-level.ts'

export type LevelMeter = {
  readonly word: ReadonlySignal<LevelWord>
  /** Nothing was heard for ten seconds. */
  readonly isSilent: ReadonlySignal<boolean>
  /** Fills the track with the level from now on, and no longer another one. @returns what ends it */
  paintInto(track: HTMLElement): () => void
  /** 0 to 1, four times a second, in the page. @returns what ends it */
  watch(look: (level: number) => void): () => void
  close(): void
}

/** Its file may not come now: the network can be gone for a while. */
const AGAIN_MS = 4_000

export function openLevelMeter(context: AudioContext, stream: MediaStream): LevelMeter {
  return new Meter(context, stream)
}

class Meter implements LevelMeter {
  readonly word = signal<LevelWord>('silent')
  readonly isSilent = signal(false)
  readonly #context: AudioContext
  readonly #source: MediaStreamAudioSourceNode
  readonly #painter: Worker
  #node: AudioWorkletNode | null = null
  #look: ((level: number) => void) | null = null
  #isOpen = true

  constructor(context: AudioContext, stream: MediaStream) {
    this.#context = context
    this.#source = context.createMediaStreamSource(stream)
    this.#painter = new Worker(new URL('./level-painter.ts', import.meta.url), { type: 'module' })
    void this.#listen()
  }

  paintInto(track: HTMLElement): () => void {
    // A canvas can be handed to a painter once.
    const canvas = document.createElement('canvas')
    track.append(canvas)
    const moved = canvas.transferControlToOffscreen()
    this.#tellPainter({ canvas: moved }, [moved])
    const unfollow = followSize(track, (size) => this.#tellPainter(size))
    return () => {
      unfollow()
      canvas.remove()
    }
  }

  watch(look: (level: number) => void): () => void {
    this.#look = look
    this.#tellProcessor({ tellsLevels: true })
    return () => {
      if (this.#look === look) this.#look = null
      this.#tellProcessor({ tellsLevels: this.#look !== null })
    }
  }

  close(): void {
    this.#isOpen = false
    this.#tellProcessor({ close: true })
    this.#source.disconnect()
    this.#painter.terminate()
  }

  async #listen(): Promise<void> {
    try {
      await this.#context.audioWorklet.addModule(processor)
    } catch (error) {
      console.info('The level cannot be measured now', error)
      if (this.#isOpen) setTimeout(() => void this.#listen(), AGAIN_MS)
      return
    }
    if (this.#isOpen) this.#connect()
  }

  #connect(): void {
    const node = new AudioWorkletNode(this.#context, 'level', { numberOfOutputs: 0 })
    node.port.onmessage = ({ data }: MessageEvent<FromProcessor>) => this.#hear(data)
    this.#source.connect(node)
    this.#node = node
    const { port1, port2 } = new MessageChannel()
    this.#tellPainter({ levels: port1 }, [port1])
    this.#tellProcessor({ painter: port2 }, [port2])
    this.#tellProcessor({ tellsLevels: this.#look !== null })
  }

  #hear(told: FromProcessor): void {
    if ('level' in told) {
      this.#look?.(told.level)
      return
    }
    this.word.value = told.said.word
    this.isSilent.value = told.said.isSilent
  }

  #tellPainter(told: ToPainter, moved: Transferable[] = []): void {
    this.#painter.postMessage(told, moved)
  }

  #tellProcessor(told: ToProcessor, moved: Transferable[] = []): void {
    this.#node?.port.postMessage(told, moved)
  }
}

type Size = { readonly width: number; readonly height: number }

/** Also as it is at first. */
function followSize(element: Element, tell: (size: Size) => void): () => void {
  const observer = new ResizeObserver(([entry]) => {
    if (!entry) return
    const { inlineSize, blockSize } = entry.contentBoxSize[0] ?? { inlineSize: 0, blockSize: 0 }
    tell({
      width: Math.round(inlineSize * devicePixelRatio),
      height: Math.round(blockSize * devicePixelRatio),
    })
  })
  observer.observe(element)
  return () => observer.disconnect()
}
