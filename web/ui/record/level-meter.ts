// Measures how loud a stream is, four times a second, and how long it has been silent.
// Listens only: it never changes the stream that is recorded.
import { type ReadonlySignal, signal } from '@preact/signals'
import { type LevelWord, lastHeardAt, levelOf, levelWord } from './sound-level.ts'

/** Each look is a frame that the page has to draw. */
const INTERVAL_MS = 250
/** Of the level before, while it falls. */
const AFTERGLOW = 0.4
/** What nobody sees is not drawn: the bar is 88 pixels long. */
const STEPS = 44
const SILENCE_WARNING_MS = 10_000

export type LevelMeter = {
  readonly level: ReadonlySignal<number>
  readonly word: ReadonlySignal<LevelWord>
  /** Nothing was heard for ten seconds. */
  readonly isSilent: ReadonlySignal<boolean>
  close(): void
}

export function openLevelMeter(context: AudioContext, stream: MediaStream): LevelMeter {
  const analyser = context.createAnalyser()
  analyser.fftSize = 4096
  const node = context.createMediaStreamSource(stream)
  node.connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  const level = signal(0)
  const word = signal<LevelWord>('silent')
  const isSilent = signal(false)
  let heardAt = performance.now()

  const timer = setInterval(() => {
    // A hidden page is throttled and a suspended context is mute: neither is silence.
    if (document.hidden || context.state !== 'running') {
      heardAt = performance.now()
      return
    }
    analyser.getFloatTimeDomainData(samples)
    const now = performance.now()
    const heard = Math.max(levelOf(samples), level.value * AFTERGLOW)
    level.value = Math.round(heard * STEPS) / STEPS
    word.value = levelWord(level.value)
    heardAt = lastHeardAt(heardAt, level.value, now)
    isSilent.value = now - heardAt > SILENCE_WARNING_MS
  }, INTERVAL_MS)

  const close = () => {
    clearInterval(timer)
    node.disconnect()
  }
  return { level, word, isSilent, close }
}
