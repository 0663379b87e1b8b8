// The qualities to choose from and what each needs: a size, bit rates, and so the upload that keeps up with it. Pure.
import type { SourceKind } from './media-problem.ts'

export const QUALITIES = ['light', 'standard', 'sharp'] as const
export type Quality = (typeof QUALITIES)[number]

type Needs = {
  readonly width: number
  readonly height: number
  readonly videoBitsPerSecond: number
  readonly audioBitsPerSecond: number
}

const NEEDS: Record<Quality, Needs> = {
  light: { width: 854, height: 480, videoBitsPerSecond: 1_000_000, audioBitsPerSecond: 64_000 },
  standard: {
    width: 1280,
    height: 720,
    videoBitsPerSecond: 2_500_000,
    audioBitsPerSecond: 128_000,
  },
  sharp: { width: 1920, height: 1080, videoBitsPerSecond: 5_000_000, audioBitsPerSecond: 192_000 },
}

export const needsOf = (quality: Quality): Needs => NEEDS[quality]

/** What a recording of that kind writes, and what has to be sent to keep up with it. */
export function bitsPerSecond(quality: Quality, kind: SourceKind, recordings = 1): number {
  const { videoBitsPerSecond, audioBitsPerSecond } = NEEDS[quality]
  const picture = kind === 'microphone' ? 0 : videoBitsPerSecond
  return (picture + audioBitsPerSecond) * recordings
}
