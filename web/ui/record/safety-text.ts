// The line of the promise as words: "12:34 recorded · 12:31 safe on the server · 3 s waiting here".
import { formatClock } from '../format/duration.ts'
import { t } from '../strings/strings.ts'
import type { Safety } from './safety.ts'

export type SafetyWords = { recorded: string; safe: string; waiting: string | null }

export function safetyWords(safety: Safety): SafetyWords {
  const recorded = t.safety.recorded(formatClock(safety.recordedSeconds * 1000))
  if (safety.isAllSafe) return { recorded, safe: t.safety.allSafe, waiting: null }
  const safe = t.safety.safe(formatClock(safety.safeSeconds * 1000))
  return { recorded, safe, waiting: waitingWords(safety.waitingSeconds) }
}

function waitingWords(seconds: number): string {
  if (seconds === 0) return t.safety.waitingLittle
  if (seconds < 60) return t.safety.waiting(seconds)
  return t.safety.waitingLong(formatClock(seconds * 1000))
}
