// The voice as a ring around the microphone, for recordings without a picture. Only decoration: the
// level in numbers and words is level-bar.tsx. Still when motion is to be reduced (stylesheet).
import { useSignalEffect } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import type { LevelMeter } from './level-meter.ts'

type LevelRingProps = { meter: LevelMeter | null; children: ComponentChildren }

export function LevelRing({ meter, children }: LevelRingProps) {
  const ring = useRef<HTMLDivElement>(null)
  useSignalEffect(() => {
    ring.current?.style.setProperty('--level', (meter?.level.value ?? 0).toFixed(3))
  })
  return (
    <div class="ring" ref={ring} aria-hidden="true">
      {children}
    </div>
  )
}
