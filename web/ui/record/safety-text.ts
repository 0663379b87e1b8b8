// The line of the promise as words: "12:34 recorded · 12:31 safe on the server · 3 s waiting here".
import { formatClock } from '../format/duration.ts'
import { t } from '../strings/strings.ts'
import type { Safety } from './safety.ts'

export type SafetyWords = { recorded: string; safe: string; waiting: string | null }

export function safetyWords(safety: Safety): SafetyWords {
  const recorded = t.safety.recorded(formatClock(safety.recordedSeconds * 1000))
  if (safety.isAllSafe) return { recorded, safe: t.safety.allSafe, waiting: null }
  const { waitingSeconds } = safety
  return {
    recorded,
    safe: t.safety.safe(formatClock(safety.safeSeconds * 1000)),
    waiting:
      waitingSeconds < 60
        ? t.safety.waiting(waitingSeconds)
        : t.safety.waitingLong(formatClock(waitingSeconds * 1000)),
  }
}
