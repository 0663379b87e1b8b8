// From samples to a level that people can read. Pure; the meter that measures is level-meter.ts.

const SILENCE_DB = -60
/** A microphone without voice in a quiet room reads about −50 dB; a muted one below −70. */
const SILENT_BELOW = 0.04

/** 0 (silence) to 1 (full scale), linear in decibels. */
export function levelOf(samples: Float32Array): number {
  if (samples.length === 0) return 0
  let sum = 0
  for (const sample of samples) sum += sample * sample
  const db = 10 * Math.log10(sum / samples.length)
  return Math.min(1, Math.max(0, 1 - db / SILENCE_DB))
}

export type LevelWord = 'silent' | 'quiet' | 'good' | 'loud'

export function levelWord(level: number): LevelWord {
  if (level < SILENT_BELOW) return 'silent'
  if (level < 0.35) return 'quiet'
  return level < 0.92 ? 'good' : 'loud'
}

/** When sound was last heard, given the level now: what the silence warning counts from. */
export function lastHeardAt(previous: number, level: number, now: number): number {
  return level >= SILENT_BELOW ? now : previous
}
