// The voice as a ring around the microphone, for recordings without a picture. Only decoration: the
// level in numbers and words is level-bar.tsx. Still when motion is to be reduced (stylesheet).
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { LevelMeter } from './level-meter.ts'

type LevelRingProps = { meter: LevelMeter | null; children: ComponentChildren }

/** How much wider than the microphone's circle it gets. */
const GROWTH = 0.93

export function LevelRing({ meter, children }: LevelRingProps) {
  const glow = useRef<HTMLSpanElement>(null)
  useEffect(
    () =>
      meter?.watch((level) => {
        if (glow.current) glow.current.style.transform = `scale(${1 + level * GROWTH})`
      }),
    [meter],
  )
  return (
    <div class="ring" aria-hidden="true">
      <span class="ring-glow" ref={glow} />
      {children}
    </div>
  )
}
