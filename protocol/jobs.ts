// What can be made from a recording's version besides its file, and how such a job stands. Made files can be made
// again at any time: they are never the recording.

export const JOB_KINDS = ['export', 'thumbnail', 'waveform', 'posters'] as const
/** `export` = media.mp4, `waveform` = the peaks, `posters` = a picture per minute. */
export type JobKind = (typeof JOB_KINDS)[number]

export const JOB_STATUSES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const
export type JobStatus = (typeof JOB_STATUSES)[number]

export function isJobKind(value: unknown): value is JobKind {
  return JOB_KINDS.some((kind) => kind === value)
}
