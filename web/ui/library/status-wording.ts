// How each status of a recording is said and coloured. Colour never says anything alone.
import type { RecordingStatus } from '@holdfast/protocol'
import { t } from '../strings/strings.ts'

export type Tone = 'plain' | 'good' | 'care' | 'bad' | 'live'

const TONES: Record<RecordingStatus, Tone> = {
  recording: 'live',
  finalizing: 'plain',
  ready: 'good',
  incomplete: 'care',
  failed: 'bad',
  empty: 'plain',
}

export const wordStatus = (status: RecordingStatus): { label: string; tone: Tone } => ({
  label: t.status[status],
  tone: TONES[status],
})

/** Whether there is anything to play: only a recording that ended before it began has nothing. */
export const isPlayable = (status: RecordingStatus): boolean => status !== 'empty'

/**
 * Not what is being recorded: the server takes nothing more of what was deleted, even when that is undone, so one slip
 * beside a running recording would end it.
 */
export const isDeletable = (status: RecordingStatus): boolean => status !== 'recording'
