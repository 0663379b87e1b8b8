// Compaction and the removal of what it replaced, on plain objects: as the statements of the same names in db/ledger say.
import type {
  ChunkMove,
  Compaction,
  CompactionClaim,
  DueRemoval,
  Move,
  RetiredSegment,
} from '@holdfast/db'
import { toHex } from '@holdfast/protocol'
import { chunkKey, type JobRow, ms, type Recording, type Tables } from './tables.ts'

type Lease = Pick<CompactionClaim, 'jobId' | 'epoch'>

const isSettled = ({ row }: Recording): boolean =>
  row.deletedAt === null && row.version > 0 && row.generation === row.finalizedGeneration

export function queueCompactions(
  tables: Tables,
  { afterMs, limit }: { afterMs: number; limit: number },
): number {
  const before = tables.now - afterMs
  const queued = new Set([...tables.jobs.values()].map(({ key }) => key))
  const due = [...tables.recordings.values()].filter((recording) => {
    const { row, versions } = recording
    const current = versions.find(({ version }) => version === row.version)
    const isQuiet = ms(row.lastChunkAt) < before && ms(current?.createdAt ?? null) < before
    return (
      isSettled(recording) &&
      row.compactedGeneration !== row.generation &&
      isQuiet &&
      !queued.has(row.id)
    )
  })
  for (const { row } of due.slice(0, limit)) {
    tables.lastJobId += 1
    const job = {
      id: tables.lastJobId,
      key: row.id,
      runAt: tables.now,
      epoch: 0,
      leaseUntil: null,
      attempts: 0,
    }
    tables.jobs.set(job.id, job)
  }
  return Math.min(limit, due.length)
}

export function claimCompaction(tables: Tables, leaseMs: number): CompactionClaim | null {
  for (const job of [...tables.jobs.values()].sort((a, b) => a.runAt - b.runAt)) {
    if (job.runAt > tables.now || (job.leaseUntil !== null && job.leaseUntil >= tables.now))
      continue
    job.epoch += 1
    job.attempts += 1
    job.leaseUntil = tables.now + leaseMs
    const recording = tables.recordings.get(job.key)
    if (recording && isSettled(recording)) {
      const { generation } = recording.row
      return {
        jobId: job.id,
        epoch: job.epoch,
        attempt: job.attempts,
        recordingId: job.key,
        generation,
      }
    }
    tables.jobs.delete(job.id)
  }
  return null
}

function held(tables: Tables, { jobId, epoch }: Lease): JobRow | null {
  const job = tables.jobs.get(jobId)
  return job?.epoch === epoch ? job : null
}

export function renewCompaction(tables: Tables, lease: Lease, leaseMs: number): boolean {
  const job = held(tables, lease)
  if (job) job.leaseUntil = tables.now + leaseMs
  return job !== null
}

export function postponeCompaction(
  tables: Tables,
  lease: Lease,
  { retryMs, error }: { retryMs: number; error: string | null },
): void {
  const job = held(tables, lease)
  if (!job) return
  job.leaseUntil = null
  job.runAt = tables.now + retryMs
  if (error === null) job.attempts -= 1
}

export function isCompactionIdle({ jobs }: Tables, recordingId: string): boolean {
  return ![...jobs.values()].some(({ key }) => key === recordingId)
}

export function moveChunks(tables: Tables, claim: CompactionClaim, move: Move): boolean {
  const recording = tables.recordings.get(claim.recordingId)
  if (!recording || !held(tables, claim) || !mayMove(recording, move.moves)) return false
  moveRows(recording, move)
  return true
}

/** Each row still points where its bytes were copied from. */
function mayMove({ chunks }: Recording, moves: readonly ChunkMove[]): boolean {
  return moves.every(({ take, seq, sha256, from }) => {
    const row = chunks.get(chunkKey(take, seq))
    const isThere = row?.segment === from.segment && row.offset === from.offset
    return isThere && toHex(row.sha256) === toHex(sha256) && row.damagedAt === null
  })
}

function moveRows({ chunks }: Recording, { object, moves }: Move): void {
  for (const { take, seq, offset } of moves) {
    const row = chunks.get(chunkKey(take, seq))
    if (row) Object.assign(row, { segment: object, offset })
  }
}

export function commitCompaction(
  tables: Tables,
  claim: CompactionClaim,
  { move, sources, keepMs }: Compaction,
): string[] | null {
  const recording = tables.recordings.get(claim.recordingId)
  const job = held(tables, claim)
  if (!recording || recording.row.deletedAt || !job) return null
  if (move && !mayMove(recording, move.moves)) return null
  if (move) moveRows(recording, move)
  recording.row.compactedGeneration = claim.generation
  tables.jobs.delete(job.id)
  return retire(tables, recording, { sources, keepMs })
}

function retire(
  { now }: Tables,
  { chunks, retired }: Recording,
  { sources, keepMs }: Pick<Compaction, 'sources' | 'keepMs'>,
): string[] {
  const used = new Set([...chunks.values()].map(({ segment }) => segment))
  const spent = sources.filter(({ segment }) => !used.has(segment))
  for (const { segment, bytes } of spent) {
    retired.set(segment, { segment, bytes, removeAt: now + keepMs, removedAt: null })
  }
  return spent.map(({ segment }) => segment)
}

export function readRetired(tables: Tables, id: string): RetiredSegment[] {
  const retired = tables.recordings.get(id)?.retired.values() ?? []
  return [...retired].map(({ segment, bytes }) => ({ segment, bytes }))
}

export function claimRemovals(
  tables: Tables,
  { leaseMs, limit }: { leaseMs: number; limit: number },
): DueRemoval[] {
  const due = [...tables.recordings.values()].flatMap(({ row, retired }) =>
    [...retired.values()]
      .filter(
        ({ removedAt, removeAt }) => removedAt === null && removeAt <= tables.now && !row.deletedAt,
      )
      .map((one) => ({ recordingId: row.id, one })),
  )
  return due.slice(0, limit).map(({ recordingId, one }) => {
    one.removeAt = tables.now + leaseMs
    return { recordingId, segment: one.segment, bytes: one.bytes }
  })
}

export function markRemoved(tables: Tables, { recordingId, segment }: DueRemoval): void {
  const row = tables.recordings.get(recordingId)?.retired.get(segment)
  if (row) row.removedAt = tables.now
}

export function compactAgain(tables: Tables, id: string): void {
  const row = tables.recordings.get(id)?.row
  if (row) row.compactedGeneration = -1
}
