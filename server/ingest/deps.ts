// Everything a session works with, made once per process.
import type { Db } from '@holdfast/db'
import type { HoldfastEvent, WireLimits } from '@holdfast/protocol'
import type { ChunkStore } from '../store/chunk-store.ts'
import type { Admission } from './admission.ts'
import type { ChunkIntake } from './chunk-intake.ts'
import type { Observed } from './observed.ts'
import type { SignsOfLife } from './signs-of-life.ts'

export type IngestDeps = Observed & {
  readonly db: Db
  readonly store: ChunkStore
  readonly admission: Admission
  readonly intake: ChunkIntake
  readonly signs: SignsOfLife
  readonly limits: WireLimits
  readonly pingMs: number
  readonly graceMs: number
  /** The recording is stopped and complete: finalize it now instead of at the next sweep. */
  readonly onComplete: (recordingId: string) => void
  /** The `ready` event of the current version, for a stop that changes nothing any more. */
  readonly readyEvent: (recordingId: string) => Promise<HoldfastEvent | null>
}
