// A recording that the ledger does not know, out of what its segments say (R13): all of its rows in one transaction, so
// that whoever is killed on the way leaves a recording that is still unknown, and the next one begins anew.
import type { Finish } from '@holdfast/protocol'
import type { Db } from '../client.ts'
import type { recordings } from '../schema.ts'
import { announceTake, type NewTake } from './announce-take.ts'
import { commitChunks, type NewChunk } from './commit-chunks.ts'
import { retireSegments } from './commit-compaction.ts'
import { commitFinish } from './commit-finish.ts'
import { createRecording, type NewRecording } from './create-recording.ts'
import { deleteRecording } from './delete-recording.ts'
import { keepConflict, type NewConflict } from './keep-conflict.ts'
import type { RetiredSegment } from './retired-segments.ts'

type Row = typeof recordings.$inferSelect

export type FoundEvidence = {
  recording: NewRecording & Partial<Pick<Row, 'marks' | 'trim'>> & Pick<Row, 'createdAt'>
  takes: readonly NewTake[]
  /** Where they lie now: synced, and in nobody else's hands. */
  chunks: readonly NewChunk[]
  conflicts: readonly NewConflict[]
  /** The FINISH that stands; null = none. */
  finish: Finish | null
  isDeleted: boolean
  /** Segments of which everything that counts was copied: kept for a while, then removed. */
  copied: readonly RetiredSegment[]
  keepMs: number
}

const ROWS_PER_BATCH = 1000

/** False when the ledger knows it by now: then nothing has changed. */
export async function adoptRecording(db: Db, evidence: FoundEvidence): Promise<boolean> {
  const { recording, takes, conflicts, finish, isDeleted, keepMs } = evidence
  const { id } = recording
  return await db.transaction(async (whole) => {
    const tx = asOne(whole)
    if ((await createRecording(tx, recording)) !== 'created') return false
    for (const take of takes) await announceTake(tx, take)
    await commitAll(tx, evidence.chunks)
    for (const conflict of conflicts) await keepConflict(tx, conflict)
    await retireSegments(tx, { recordingId: id, sources: evidence.copied, keepMs })
    if (finish) await commitFinish(tx, id, finish)
    if (isDeleted) await deleteRecording(tx, id, 0)
    return true
  })
}

/** What would be a transaction of its own is part of this one: it ends as a whole, or not at all. */
function asOne(tx: Db): Db {
  const one: Db = new Proxy(tx, {
    get: (target, name) => {
      if (name === 'transaction') return (work: (inner: Db) => Promise<unknown>) => work(one)
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return one
}

async function commitAll(tx: Db, chunks: readonly NewChunk[]): Promise<void> {
  for (let at = 0; at < chunks.length; at += ROWS_PER_BATCH) {
    const batch = chunks.slice(at, at + ROWS_PER_BATCH)
    // A limit that was lowered since must not make less of what is there.
    const { outcomes } = await commitChunks(tx, batch, Number.MAX_SAFE_INTEGER)
    const refused = outcomes.find((one) => one !== 'stored' && one !== 'duplicate')
    if (refused) throw new Error(`A chunk could not be adopted: ${refused}.`)
  }
}
