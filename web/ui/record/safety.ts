// The numbers of the promise: how much is recorded, safe and waiting, in whole shown seconds.
// Never claims more than an ack proves: what is shown as safe has been acknowledged.
import type { Progress, UploadState } from '../../index.ts'
import { isSafe } from '../store/upload-view.ts'

export type Safety = {
  recordedSeconds: number
  safeSeconds: number
  /** What the shown seconds leave; 0 while less than a second waits, and when nothing does. */
  waitingSeconds: number
  isAllSafe: boolean
  /** More waits than is on its way at any moment: worth a colour of its own. */
  isBehind: boolean
  /** Parts of the bar, each 0–1, together 1 once something is recorded. */
  bar: { safe: number; waiting: number; newest: number }
}

type Numbers = Pick<Progress, 'recordedMs' | 'bufferedMs' | 'ackedMs' | 'waitingBytes'>

const clamp = (value: number, max: number) => Math.min(max, Math.max(0, value))

/** A chunk is a second; one is being recorded, one is stored, one is on its way. */
const USUAL_SECONDS = 3

/** In a state that is safe it is all safe, whatever rounding leaves between the times; while it grows, never. */
export function measureSafety(numbers: Numbers, state: UploadState): Safety {
  const isSettled = isSafe(state)
  const recordedMs = Math.max(0, numbers.recordedMs)
  const ackedMs = isSettled ? recordedMs : clamp(numbers.ackedMs, recordedMs)
  const bufferedMs = Math.max(ackedMs, clamp(numbers.bufferedMs, recordedMs))
  const recordedSeconds = Math.floor(recordedMs / 1000)
  const safeSeconds = Math.floor(ackedMs / 1000)
  const isSent = recordedMs === ackedMs && numbers.waitingBytes === 0
  const isAllSafe = isSettled || (isSent && state !== 'recording')
  const total = recordedMs || 1
  const waitingSeconds = isAllSafe ? 0 : recordedSeconds - safeSeconds
  return {
    recordedSeconds,
    safeSeconds,
    waitingSeconds,
    isAllSafe,
    isBehind: waitingSeconds > USUAL_SECONDS,
    bar: {
      safe: ackedMs / total,
      waiting: (bufferedMs - ackedMs) / total,
      newest: recordedMs === 0 ? 0 : (recordedMs - bufferedMs) / total,
    },
  }
}
