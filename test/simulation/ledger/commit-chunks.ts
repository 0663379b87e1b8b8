// As db/ledger/commit-chunks.ts says, on plain objects.
import type { BatchOutcome, ChunkOutcome, CommittedRecording, NewChunk } from '@holdfast/db'
import { LIMITS, type RecordingStatus, TRANSITIONS, toHex } from '@holdfast/protocol'
import { chunkKey, isComplete, type Recording, type Tables } from './tables.ts'

type Growth = { recording: Recording; chunks: number; bytes: number; stored: NewChunk[] }

export function commitChunks(
  tables: Tables,
  batch: readonly NewChunk[],
  maxRecordingBytes: number,
): BatchOutcome {
  const growth = new Map<string, Growth>()
  const outcomes = batch.map((chunk) => place(tables, chunk, { growth, maxRecordingBytes }))
  const recordings = [...growth.values()].map((one) => settle(tables, one))
  return { outcomes, recordings }
}

type Room = { growth: Map<string, Growth>; maxRecordingBytes: number }

function place(tables: Tables, chunk: NewChunk, { growth, maxRecordingBytes }: Room): ChunkOutcome {
  const recording = tables.recordings.get(chunk.recordingId)
  if (!recording) return 'unknown'
  const { row, takes, chunks, retired } = recording
  if (row.deletedAt) return 'deleted'
  if (retired.has(chunk.segment) || isOfFenced(tables, recording, chunk)) return 'retired'
  const take = takes.get(chunk.take)
  if (!take) return 'take_unknown'
  const key = chunkKey(chunk.take, chunk.seq)
  const known = chunks.get(key)
  if (known && toHex(known.sha256) !== toHex(chunk.sha256)) return 'conflict'
  const grown = growth.get(row.id) ?? { recording, chunks: 0, bytes: 0, stored: [] }
  if (known && known.damagedAt === null) {
    growth.set(row.id, grown)
    return 'duplicate'
  }
  const isFull =
    row.chunkCount + grown.chunks >= LIMITS.maxChunks ||
    row.bytes + grown.bytes + chunk.bytes > maxRecordingBytes
  if (isFull && !known) return 'full'
  growth.set(row.id, grown)
  grown.chunks += 1
  grown.bytes += chunk.bytes
  grown.stored.push(chunk)
  const { recordingId: _, hasInit = false, ...facts } = chunk
  // Behind another head than it was computed with an index is void.
  const index = (take.init !== null) === hasInit ? (chunk.index ?? null) : null
  if (known) Object.assign(known, { segment: chunk.segment, offset: chunk.offset, damagedAt: null })
  else
    chunks.set(key, { ...facts, index, generation: row.generation + grown.chunks, damagedAt: null })
  return 'stored'
}

/** A fenced writer's segment into which no row points may be gone already. */
function isOfFenced(
  { instances }: Tables,
  { row, chunks }: Recording,
  { segment }: NewChunk,
): boolean {
  const writer = /^(?:object-)?(.*)-\d+\.seg$/.exec(segment)?.[1] ?? ''
  const isFenced = (instances.get(writer)?.stoppedAt ?? null) !== null
  return row.version > 0 && isFenced && ![...chunks.values()].some((one) => one.segment === segment)
}

function settle(tables: Tables, { recording, chunks, bytes, stored }: Growth): CommittedRecording {
  const { row, takes, totals } = recording
  let isRevoked = false
  for (const { take, seq, bytes: size } of stored) {
    const known = takes.get(take)
    if (!known) continue
    known.chunkCount += 1
    known.bytes += size
    known.maxSeq = Math.max(known.maxSeq, seq)
    isRevoked ||= seq >= (totals.get(take) ?? Number.POSITIVE_INFINITY)
  }
  if (isRevoked) totals.clear()
  row.lastSeenAt = tables.nowDate
  row.lastChunkAt = tables.nowDate
  row.chunkCount += chunks
  row.bytes += bytes
  if (isRevoked) {
    row.finishedAt = null
    row.finishReason = null
  }
  row.complete = row.finishedAt !== null && isComplete(recording)
  if (chunks > 0) grow(tables, recording, chunks)
  return { id: row.id, complete: row.complete, finished: row.finishedAt !== null }
}

function grow(tables: Tables, { row }: Recording, chunks: number): void {
  const status = statusAfterChunk(row.status, row.finishedAt !== null)
  row.generation += chunks
  row.leaseUntil = null
  row.nextAttemptAt = null
  row.attempts = 0
  if (status === row.status) return
  row.status = status
  tables.publish({ type: 'status', id: row.id, status, version: row.version, reason: row.reason })
}

function statusAfterChunk(status: RecordingStatus, isStopped: boolean): RecordingStatus {
  return TRANSITIONS[status][isStopped ? 'lateChunk' : 'chunk'] ?? status
}
