// Removes made files that are of no more use: of versions that are not the newest, and exports that nobody fetched for a
// while. The file goes first, its row after it: who asks in between has it made again.
import { type Db, forgetJob, readSpentJobs, type SpentJob } from '@holdfast/db'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { MadeFiles } from '../store/made-files.ts'

export type CleanerDeps = {
  db: Db
  files: MadeFiles
  /** 0 = exports are kept. */
  exportDays: number
  log: Log
  metrics: Metrics
}

const FILES_PER_ROUND = 200

/** One round. @throws what database and store throw: what is left is found again */
export async function cleanMadeFiles(deps: CleanerDeps): Promise<void> {
  const { db, exportDays } = deps
  for (const spent of await readSpentJobs(db, { exportDays, limit: FILES_PER_ROUND })) {
    await cleanOne(deps, spent)
  }
}

async function cleanOne({ db, files, log, metrics }: CleanerDeps, spent: SpentJob): Promise<void> {
  const { recordingId, file, bytes } = spent
  await files.forget(spent)
  if (!(await forgetJob(db, spent.id)) || file === null) return
  metrics.cleanupMade.inc()
  metrics.cleanupBytes.inc(bytes)
  log.info({ recordingId, file, bytes }, 'a made file was removed: it can be made again')
}
