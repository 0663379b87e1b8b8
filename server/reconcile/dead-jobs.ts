// Jobs whose worker died: they wait again, and the dead worker is fenced.
import { readDeadJobs, reviveJob } from '@holdfast/db'
import type { Findings, Site } from './finding.ts'

const MAX_JOBS = 10_000

export async function* findDeadJobs({ db, overdueMs }: Site): Findings {
  for (const job of await readDeadJobs(db, overdueMs, MAX_JOBS)) {
    yield {
      kind: 'dead_job',
      recordingId: job.recordingId,
      what: `${job.kind}, job ${job.id}`,
      remedy: 'let it wait for the next worker',
      mend: async () =>
        (await reviveJob(db, job))
          ? { outcome: 'mended', detail: 'it waits again' }
          : { outcome: 'left', detail: 'another took it up' },
    }
  }
}
