// The status of a recording and every move between statuses (protocol §4), as data.
//
//               chunk                    claim                commit
//   recording ──────────▶ recording ──────────────▶ finalizing ──────▶ ready | incomplete | empty
//       ▲                                            │  ▲   │
//       └──── chunk (not stopped) / release ─────────┘  │   └ error ─▶ failed ── claim ─▶ finalizing
//       └──── chunk (not stopped) ── ready | incomplete | failed | empty
//             chunk after the stop: the status stays until the recording is claimed again ──┘

export const RECORDING_STATUSES = [
  'recording',
  'finalizing',
  'ready',
  'incomplete',
  'failed',
  'empty',
] as const
export type RecordingStatus = (typeof RECORDING_STATUSES)[number]

export const REASONS = ['stop', 'pagehide', 'disconnect', 'reconcile', 'admin'] as const
/** Why a recording was finalized. */
export type Reason = (typeof REASONS)[number]

export type RecordingEvent =
  /** A new chunk came and no FINISH stands. */
  | 'chunk'
  /** A new chunk came after FINISH: it fills a hole or completes the totals. */
  | 'lateChunk'
  /** A finalizer took the lease. */
  | 'claim'
  /** The re-check inside the finalizing transaction found a sign of life. */
  | 'release'
  | 'commitReady'
  | 'commitIncomplete'
  | 'commitEmpty'
  | 'fail'

/** null: the event cannot happen in this status; the fenced update then changes 0 rows. */
export const TRANSITIONS: Record<
  RecordingStatus,
  Record<RecordingEvent, RecordingStatus | null>
> = {
  recording: {
    chunk: 'recording',
    lateChunk: 'recording',
    claim: 'finalizing',
    release: null,
    commitReady: null,
    commitIncomplete: null,
    commitEmpty: null,
    fail: null,
  },
  finalizing: {
    chunk: 'recording',
    lateChunk: 'finalizing',
    claim: 'finalizing',
    release: 'recording',
    commitReady: 'ready',
    commitIncomplete: 'incomplete',
    commitEmpty: 'empty',
    fail: 'failed',
  },
  ready: settled('ready'),
  incomplete: settled('incomplete'),
  failed: settled('failed'),
  empty: { ...settled('empty'), lateChunk: 'recording' },
}

function settled(status: RecordingStatus): Record<RecordingEvent, RecordingStatus | null> {
  return {
    chunk: 'recording',
    lateChunk: status,
    claim: 'finalizing',
    release: null,
    commitReady: null,
    commitIncomplete: null,
    commitEmpty: null,
    fail: null,
  }
}

/** Statuses from which `event` can happen: the `WHERE status IN (…)` of its fenced update. */
export function statusesBefore(event: RecordingEvent): RecordingStatus[] {
  return RECORDING_STATUSES.filter((status) => TRANSITIONS[status][event] !== null)
}

/** Terminal until chunks come again. */
export function isSettled(status: RecordingStatus): boolean {
  return status !== 'recording' && status !== 'finalizing'
}
