// How loud it is, as a bar for the eye and as a word for screen readers. The word is not announced: it
// is there for who looks for it.
import { useComputed } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from '../shell/icon.tsx'
import { t } from '../strings/strings.ts'
import type { LevelMeter } from './level-meter.ts'

export function LevelBar({ meter }: { meter: LevelMeter }) {
  const track = useRef<HTMLSpanElement>(null)
  const word = useComputed(() => t.level[meter.word.value])
  useEffect(() => (track.current ? meter.paintInto(track.current) : undefined), [meter])
  return (
    <span class="level">
      <Icon name="microphone" size={18} />
      <span class="level-track" aria-hidden="true" ref={track} />
      <span class="unseen">
        {t.level.label}: {word}
      </span>
    </span>
  )
}
