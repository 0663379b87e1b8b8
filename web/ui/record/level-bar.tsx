// How loud it is, as a bar for the eye and as a word for screen readers. The word is not announced: it
// is there for who looks for it.
import { useComputed, useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { Icon } from '../shell/icon.tsx'
import { isCapturing } from '../store/phase.ts'
import { t } from '../strings/strings.ts'
import type { LevelMeter } from './level-meter.ts'

/** Two pixels each: what nobody sees is not drawn. */
const STEPS = 44
/** While something is recorded five times a second are enough: each is a frame that the page has to draw. */
const REST_MS = 190

export function LevelBar({ meter }: { meter: LevelMeter }) {
  const bar = useRef<HTMLSpanElement>(null)
  const word = useComputed(() => t.level[meter.word.value])
  const drawn = useRef({ level: 0, at: 0 })
  useSignalEffect(() => {
    const level = Math.round(meter.level.value * STEPS) / STEPS
    const now = performance.now()
    const restMs = isCapturing.value ? REST_MS : 0
    if (level === drawn.current.level || now - drawn.current.at < restMs) return
    drawn.current = { level, at: now }
    bar.current?.style.setProperty('--level', String(level))
  })
  return (
    <span class="level">
      <Icon name="microphone" size={18} />
      <span class="level-track" ref={bar} aria-hidden="true" />
      <span class="unseen">
        {t.level.label}: {word}
      </span>
    </span>
  )
}
