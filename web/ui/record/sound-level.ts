// From samples to a level that people can read. Pure; what measures is level-processor.ts.

const SILENCE_DB = -60
/** A microphone without voice in a quiet room reads about −50 dB; a muted one below −70. */
const SILENT_BELOW = 0.04

/** @param power mean of the squared samples. @returns 0 (silence) to 1 (full scale), linear in decibels */
export function levelOf(power: number): number {
  const db = 10 * Math.log10(power)
  return Math.min(1, Math.max(0, 1 - db / SILENCE_DB))
}

export type LevelWord = 'silent' | 'quiet' | 'good' | 'loud'

export function levelWord(level: number): LevelWord {
  if (level < SILENT_BELOW) return 'silent'
  if (level < 0.35) return 'quiet'
  return level < 0.92 ? 'good' : 'loud'
}

export const isHeard = (level: number): boolean => level >= SILENT_BELOW
