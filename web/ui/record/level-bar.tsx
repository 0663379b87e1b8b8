// How loud it is, as a bar for the eye and as a word for screen readers. The word is not announced: it
// is there for who looks for it.
import { useComputed } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { Icon } from '../shell/icon.tsx'
import { t } from '../strings/strings.ts'
import type { LevelMeter } from './level-meter.ts'
import { useLevel } from './use-level.ts'

export function LevelBar({ meter }: { meter: LevelMeter }) {
  const fill = useRef<HTMLSpanElement>(null)
  const word = useComputed(() => t.level[meter.word.value])
  // Moved and not resized: nothing is laid out or painted anew.
  useLevel(meter, (level) => {
    if (fill.current) fill.current.style.transform = `translateX(${(level - 1) * 100}%)`
  })
  return (
    <span class="level">
      <Icon name="microphone" size={18} />
      <span class="level-track" aria-hidden="true">
        <span class="level-fill" ref={fill} />
      </span>
      <span class="unseen">
        {t.level.label}: {word}
      </span>
    </span>
  )
}
