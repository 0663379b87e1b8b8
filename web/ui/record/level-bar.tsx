// How loud it is, as a bar for the eye and as a word for screen readers. The word is not announced: it
// is there for who looks for it.
import { useComputed, useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { Icon } from '../shell/icon.tsx'
import { t } from '../strings/strings.ts'
import type { LevelMeter } from './level-meter.ts'

/** Two pixels each: what nobody sees is not drawn. */
const STEPS = 44

export function LevelBar({ meter }: { meter: LevelMeter }) {
  const bar = useRef<HTMLSpanElement>(null)
  const word = useComputed(() => t.level[meter.word.value])
  const shown = useComputed(() => Math.round(meter.level.value * STEPS) / STEPS)
  useSignalEffect(() => {
    bar.current?.style.setProperty('--level', String(shown.value))
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
