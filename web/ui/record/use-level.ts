// Draws each new level in the task that measured it. The hook of signals asks for a frame first, and draws behind it: two
// frames for each level, and one where nothing is to be drawn.
import { effect } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { LevelMeter } from './level-meter.ts'

export function useLevel(meter: LevelMeter | null, draw: (level: number) => void): void {
  useEffect(() => (meter ? effect(() => draw(meter.level.value)) : undefined), [meter])
}
