// Files that somebody left half done: copies before they got their name, probes of the disk, work of jobs, and notes beside
// segments that are gone. Each goes only when nobody can be at it any more.
import { readJobFiles } from '@holdfast/db'
import type { Leftover } from '../store/leftover-files.ts'
import type { Findings, Site } from './finding.ts'
import { megabytes } from './megabytes.ts'
import type { Writers } from './writers.ts'

export async function* findTemporaryFiles(site: Site, writers: Writers): Findings {
  const { leftovers } = site
  for await (const leftover of leftovers.find()) {
    if (!(await isDead(site, writers, leftover))) continue
    yield {
      kind: 'temporary_file',
      recordingId: leftover.recordingId,
      what: `${leftover.name}, ${megabytes(leftover.bytes)}`,
      remedy: 'remove it',
      mend: async () => {
        if (!(await isDead(site, writers, leftover)))
          return { outcome: 'left', detail: 'it is used' }
        await leftovers.remove(leftover)
        return { outcome: 'mended', detail: 'removed' }
      },
    }
  }
}

async function isDead({ db }: Site, writers: Writers, leftover: Leftover): Promise<boolean> {
  const { recordingId, owner } = leftover
  if (owner.by === 'segment') return !writers.isAlive(owner.key)
  if (owner.by === 'nobody' || recordingId === null) return true
  const job = (await readJobFiles(db, recordingId)).find(({ id }) => id === owner.id)
  if (!job) return true
  const isInHand = job.isAtWork && job.epoch === owner.epoch
  return !isInHand && !job.files.includes(leftover.name)
}
