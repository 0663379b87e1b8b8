// A lane for jobs of some kinds, in every instance that has ffmpeg.
import { claimJobs, type JobClaim } from '@holdfast/db'
import type { JobKind } from '@holdfast/protocol'
import { attemptJob, type JobDeps } from './job-attempt.ts'
import { Lane, type LaneWork } from './lane.ts'

export type LaneOptions = JobDeps &
  Pick<LaneWork<JobClaim>, 'slots' | 'everyMs'> & { readonly kinds: readonly JobKind[] }

export class JobLane extends Lane<JobClaim> {
  constructor(options: LaneOptions) {
    const { db, kinds, leaseMs, slots, everyMs, log } = options
    super({
      ...{ slots, everyMs, log },
      claim: (limit) => claimJobs(db, { kinds, leaseMs, limit }),
      attempt: (claim, stopping) => attemptJob(options, claim, stopping),
    })
  }
}
