// The operators' view of the server (GET /api/status). Knows address and shape, holds no state.
import { call } from '../library/recordings-client.ts'

/** What was counted in one step of the curves, over all instances. */
export type Step = {
  readonly at: string
  readonly acked: number
  readonly bytes: number
  readonly missing: number
  readonly rejected: number
  readonly finalized: number
  readonly byItself: number
  readonly failures: number
  readonly returned: number
  readonly expired: number
  readonly purged: number
  readonly recorders: number
  readonly ackP50Ms: number | null
  readonly ackP99Ms: number | null
}

export type FailedRecording = {
  readonly id: string
  readonly title: string | null
  readonly lastError: string | null
  readonly attempts: number
  readonly nextAttemptAt: string | null
}

export type ServerStatus = {
  readonly now: string
  readonly version: string
  readonly readiness: {
    readonly database: 'ok' | 'failing'
    readonly store: 'ok' | 'failing'
    readonly disk: 'ok' | 'low'
    readonly ffmpeg: string
    readonly stopping: boolean
  }
  readonly disk: { readonly freeBytes: number | null }
  readonly live: number
  readonly due: number
  readonly failed: number
  readonly jobs: { readonly waiting: number; readonly running: number }
  readonly deliveries: { readonly waiting: number; readonly failed: number }
  readonly instances: readonly { readonly incarnation: string; readonly startedAt: string }[]
  readonly failedRecordings: readonly FailedRecording[]
  readonly stepSeconds: number
  readonly steps: readonly Step[]
}

/** @throws RefusedError, TypeError without an answer */
export const readStatus = (hours: number) => call<ServerStatus>(`/api/status?hours=${hours}`)
