// The words for each problem and whether trying again can help.
import { t } from '../strings/strings.ts'
import { browserFamily, type MediaProblem } from './media-problem.ts'

export type ProblemWords = { title: string; hint: string; canRetry: boolean }

export function problemWords({ kind, device }: MediaProblem, userAgent: string): ProblemWords {
  const p = t.problem
  switch (kind) {
    case 'blocked':
      return { title: p.blocked[device], hint: p.unblock[browserFamily(userAgent)], canRetry: true }
    case 'blockedBySystem':
      return { title: p.blockedBySystem, hint: p.unblockSystem, canRetry: true }
    case 'missing':
      return { title: p.missing[device], hint: p.missingHint, canRetry: true }
    case 'busy':
      return { title: p.busy[device], hint: p.busyHint, canRetry: true }
    case 'insecure':
      return { title: p.insecure, hint: p.insecureHint, canRetry: false }
    case 'unsupported':
      return { title: p.unsupported, hint: p.unsupportedHint, canRetry: false }
    case 'dismissed':
    case 'failed':
      return { title: p.failed, hint: p.missingHint, canRetry: true }
  }
}
