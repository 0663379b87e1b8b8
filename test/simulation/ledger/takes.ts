// Recordings, takes, totals and signs of life, on plain objects: as the statements of the same names in db/ledger say.
import { timingSafeEqual } from 'node:crypto'
import type {
  ConflictOutcome,
  CreateOutcome,
  FinishOutcome,
  FoundChunk,
  NewConflict,
  NewIndex,
  NewRecording,
  NewTake,
  TakeOutcome,
} from '@holdfast/db'
import { type Finish, LIMITS, toHex } from '@holdfast/protocol'
import {
  chunkKey,
  effectiveTotal,
  isComplete,
  type Recording,
  type RecordingRow,
  revokeFinish,
  type Tables,
  type TakeRow,
} from './tables.ts'

export function createRecording(tables: Tables, values: NewRecording): CreateOutcome {
  const known = tables.recordings.get(values.id)
  if (known) {
    if (!timingSafeEqual(known.row.tokenHash, values.tokenHash)) return 'taken'
    return known.row.deletedAt ? 'deleted' : 'exists'
  }
  const row = newRow(values, tables.nowDate)
  tables.recordings.set(values.id, {
    row,
    takes: new Map(),
    totals: new Map(),
    chunks: new Map(),
    versions: [],
    conflicts: [],
    retired: new Map(),
  })
  tables.publish({ type: 'status', id: row.id, status: 'recording', version: 0, reason: null })
  return 'created'
}

function newRow(values: NewRecording, now: Date): RecordingRow {
  const { id, tokenHash, title = null, metadata = null, groupId = null } = values
  const { tokenMayDelete = false, notify = null, owner = null } = values
  return {
    ...{ id, tokenHash, title, metadata, groupId, tokenMayDelete, notify, owner },
    ...{ status: 'recording', reason: null, version: 0, generation: 0, finalizedGeneration: -1 },
    ...{ finishedAt: null, finishReason: null, complete: false },
    ...{ chunkCount: 0, bytes: 0, conflictCount: 0, createdAt: now, lastSeenAt: now },
    ...{ lastChunkAt: null, leaseEpoch: 0, leaseUntil: null, attempts: 0, nextAttemptAt: null },
    ...{ lastError: null, compactedGeneration: -1, deletedAt: null, purgedAt: null },
  } as RecordingRow
}

export function announceTake(tables: Tables, values: NewTake): TakeOutcome {
  const recording = tables.recordings.get(values.recordingId)
  if (!recording) return 'unknown'
  const { row, takes, totals } = recording
  if (row.deletedAt) return 'deleted'
  const known = takes.get(values.take)
  if (known) return compareTake(recording, known, values)
  const { take, mimeType, init, startedAt } = values
  takes.set(take, { take, mimeType, init, startedAt, chunkCount: 0, bytes: 0, maxSeq: -1 })
  if (row.finishedAt && !totals.has(take)) revokeFinish(recording, tables.nowDate)
  row.lastSeenAt = tables.nowDate
  return 'stored'
}

function compareTake(
  recording: Recording,
  known: TakeRow,
  { mimeType, init }: NewTake,
): TakeOutcome {
  if (known.mimeType !== mimeType) return 'conflict'
  if (!init) return 'duplicate'
  if (known.init) return Buffer.compare(known.init, init) === 0 ? 'duplicate' : 'conflict'
  known.init = init
  if (known.chunkCount === 0) return 'stored'
  for (const chunk of recording.chunks.values()) if (chunk.take === known.take) chunk.index = null
  recording.row.generation += 1
  return 'stored'
}

export function commitFinish(tables: Tables, id: string, finish: Finish): FinishOutcome {
  const recording = tables.recordings.get(id)
  if (!recording) return { outcome: 'unknown' }
  const { row, takes, totals } = recording
  if (row.deletedAt) return { outcome: 'deleted' }
  const before = effectiveTotal(recording)
  const stored = [...takes.values()].map(({ take, maxSeq }) => ({ take, chunks: maxSeq + 1 }))
  for (const { take, chunks } of [...finish.takes, ...stored]) {
    totals.set(take, Math.max(totals.get(take) ?? 0, chunks))
  }
  if (effectiveTotal(recording) !== before) row.generation += 1
  row.finishedAt ??= tables.nowDate
  row.finishReason ??= finish.reason
  row.complete = isComplete(recording)
  row.lastSeenAt = tables.nowDate
  row.nextAttemptAt = null
  const { complete, status, version } = row
  const pending = row.generation !== row.finalizedGeneration
  return { outcome: 'committed', complete, pending, status, version }
}

export function resumeRecording(tables: Tables, id: string): boolean {
  const recording = tables.recordings.get(id)
  if (!recording?.row.finishedAt || recording.row.deletedAt) return false
  revokeFinish(recording, tables.nowDate)
  return true
}

export function touchRecordings(tables: Tables, ids: readonly string[]): void {
  for (const id of ids) {
    const row = tables.recordings.get(id)?.row
    if (row && !row.deletedAt) row.lastSeenAt = tables.nowDate
  }
}

type Slot = { recordingId: string; take: number; seq: number; sha256: Uint8Array }

export function findChunk(tables: Tables, { recordingId, take, seq, sha256 }: Slot): FoundChunk {
  const found = tables.recordings.get(recordingId)?.chunks.get(chunkKey(take, seq))
  if (!found) return 'absent'
  if (toHex(found.sha256) !== toHex(sha256)) return 'other'
  return found.damagedAt ? 'damaged' : 'same'
}

export function countConflictCopies(tables: Tables, id: string): number {
  return tables.recordings.get(id)?.conflicts.filter(({ object }) => object !== null).length ?? 0
}

export function keepConflict(tables: Tables, conflict: NewConflict): ConflictOutcome {
  const recording = tables.recordings.get(conflict.recordingId)
  if (!recording || recording.row.deletedAt) return 'deleted'
  const { row, conflicts } = recording
  const { recordingId: _, ...kept } = conflict
  const isSame = (one: typeof kept) =>
    one.take === kept.take && one.seq === kept.seq && toHex(one.sha256) === toHex(kept.sha256)
  if (conflicts.some(isSame)) return 'known'
  row.conflictCount += 1
  if (conflicts.length >= LIMITS.maxConflictDigests) return 'counted'
  conflicts.push(kept)
  if (kept.object !== null) row.bytes += kept.bytes
  return 'kept'
}

type IndexedTake = { recordingId: string; take: number; hasInit: boolean }

export function writeIndexes(tables: Tables, of: IndexedTake, indexes: readonly NewIndex[]): void {
  const recording = tables.recordings.get(of.recordingId)
  const take = recording?.takes.get(of.take)
  if (!recording || !take || (take.init !== null) !== of.hasInit) return
  for (const { seq, index, replaces } of indexes) {
    const chunk = recording.chunks.get(chunkKey(of.take, seq))
    if (chunk && isSameOrNull(chunk.index, replaces)) chunk.index = index
  }
}

function isSameOrNull(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a && b ? Buffer.compare(a, b) === 0 : a === b
}
