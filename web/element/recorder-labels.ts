// Every word that the element says; an application may set its own.
import type { Progress, UploadState } from '../session/recording.ts'
import { formatClock } from '../ui/format/duration.ts'

export type RecorderLabels = {
  readonly record: string
  readonly pause: string
  readonly resume: string
  readonly stop: string
  readonly again: string
  readonly preview: string
  readonly bar: string
  readonly refused: string
  /** The line that says how much is safe. */
  readonly line: (state: UploadState | 'idle', progress: Progress | null) => string
}

/** Never more than an ack proves. */
function line(state: UploadState | 'idle', progress: Progress | null): string {
  if (state === 'idle' || !progress) return 'Saved to the server while you record.'
  const { recordedMs, ackedMs } = progress
  const recorded = `${formatClock(recordedMs)} recorded`
  if (state === 'safe' || state === 'ready') return `${recorded} · safe on the server`
  if (state === 'partial') return `${recorded} · a part is missing on the server`
  if (state === 'failed') return `${recorded} · kept on this device`
  return `${recorded} · ${formatClock(Math.min(ackedMs, recordedMs))} safe on the server`
}

export const ENGLISH: RecorderLabels = {
  record: 'Record',
  pause: 'Pause',
  resume: 'Go on',
  stop: 'Stop',
  again: 'Record again',
  preview: 'What is recorded',
  bar: 'Safe on the server',
  refused: 'The camera or microphone could not be opened. Allow it in the browser, then try again.',
  line,
}
