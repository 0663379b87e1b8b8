// The numbers of the promise: how much is recorded, safe and waiting, in whole shown seconds.
// Never claims more than an ack proves: what is shown as safe has been acknowledged.
import type { Progress } from '../../index.ts'

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

/** `isSettled`: every chunk and the stop are acknowledged, whatever rounding leaves between the times. */
/** A chunk is a second; one is being recorded, one is stored, one is on its way. */
const USUAL_SECONDS = 3

export function measureSafety(numbers: Numbers, isSettled: boolean): Safety {
  const recordedMs = Math.max(0, numbers.recordedMs)
  const ackedMs = isSettled ? recordedMs : clamp(numbers.ackedMs, recordedMs)
  const bufferedMs = Math.max(ackedMs, clamp(numbers.bufferedMs, recordedMs))
  const recordedSeconds = Math.floor(recordedMs / 1000)
  const safeSeconds = Math.floor(ackedMs / 1000)
  const isAllSafe = isSettled || (recordedMs === ackedMs && numbers.waitingBytes === 0)
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
