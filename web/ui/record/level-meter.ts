// Measures how loud a stream is, and how long it has been silent. Listens only: it never changes the stream that is recorded.
import { type ReadonlySignal, signal } from '@preact/signals'
import { type LevelWord, lastHeardAt, levelOf, levelWord } from './sound-level.ts'

/** Whoever sets the microphone up watches it answer to the voice. */
const LIVELY_MS = 80
/** Each look is a frame that the page has to draw: while it records it has other things to do. */
const CALM_MS = 250
/** How long a level takes to fall to a third of what it was. */
const AFTERGLOW_MS = 270
/** What nobody sees is not drawn: the bar is 88 pixels long. */
const STEPS = 44
const SILENCE_WARNING_MS = 10_000

export type LevelMeter = {
  readonly level: ReadonlySignal<number>
  readonly word: ReadonlySignal<LevelWord>
  /** Nothing was heard for ten seconds. */
  readonly isSilent: ReadonlySignal<boolean>
  /** Four times a second instead of twelve: what is measured is being recorded. */
  beCalm(isCalm: boolean): void
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
  let heard = 0
  let heardAt = performance.now()

  const look = () => {
    // A hidden page is throttled and a suspended context is mute: neither is silence.
    if (document.hidden || context.state !== 'running') {
      heardAt = performance.now()
      return
    }
    analyser.getFloatTimeDomainData(samples)
    const now = performance.now()
    heard = Math.max(levelOf(samples), heard * Math.exp(-intervalMs / AFTERGLOW_MS))
    level.value = Math.round(heard * STEPS) / STEPS
    word.value = levelWord(level.value)
    heardAt = lastHeardAt(heardAt, level.value, now)
    isSilent.value = now - heardAt > SILENCE_WARNING_MS
  }
  let intervalMs = LIVELY_MS
  let timer = setInterval(look, intervalMs)

  const beCalm = (isCalm: boolean) => {
    clearInterval(timer)
    intervalMs = isCalm ? CALM_MS : LIVELY_MS
    timer = setInterval(look, intervalMs)
  }
  const close = () => {
    clearInterval(timer)
    node.disconnect()
  }
  return { level, word, isSilent, beCalm, close }
}
