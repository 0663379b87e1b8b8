// What is asked of the ledger, on plain objects: as the statements of the same names in db/ledger say.
import type {
  ChunkName,
  ChunkPlace,
  HaveRanges,
  MediaState,
  OpenedRecording,
  StandingTotals,
  StatusNow,
  TakeChunk,
  TakeHead,
} from '@holdfast/db'
import { type Gap, type HoldfastEvent, missingRanges, toHex, toRanges } from '@holdfast/protocol'
import { readyEvent } from './finalizing.ts'
import { chunkKey, chunksOf, effectiveTotals, type Recording, type Tables } from './tables.ts'

export function openRecording(tables: Tables, id: string): OpenedRecording | null {
  const recording = tables.recordings.get(id)
  if (!recording) return null
  const takes = [...recording.takes.values()].sort((a, b) => a.take - b.take)
  return {
    ...recording.row,
    takes: takes.map(({ take, mimeType, init, startedAt, chunkCount, maxSeq }) => {
      return { take, mimeType, init, startedAt, chunkCount, maxSeq }
    }),
  }
}

function cut(ranges: HaveRanges, limit: number): HaveRanges {
  let left = limit
  const kept: HaveRanges = new Map()
  for (const [take, all] of ranges) {
    if (left <= 0) break
    kept.set(take, all.slice(0, left))
    left -= all.length
  }
  return kept
}

const takesOf = ({ chunks }: Recording): number[] =>
  [...new Set([...chunks.values()].map(({ take }) => take))].sort((a, b) => a - b)

const seqsOf = (recording: Recording, take: number): number[] =>
  chunksOf(recording, take).map(({ seq }) => seq)

export function readHave(tables: Tables, id: string, limit: number): HaveRanges {
  const recording = tables.recordings.get(id)
  if (!recording) return new Map()
  const have = takesOf(recording).map((take) => [take, toRanges(seqsOf(recording, take))] as const)
  return cut(new Map(have.map(([take, ranges]) => [take, [...ranges]])), limit)
}

export function readMissing(tables: Tables, id: string, limit: number): HaveRanges {
  const recording = tables.recordings.get(id)
  if (!recording) return new Map()
  const missing: HaveRanges = new Map()
  for (const [take, total] of effectiveTotals(recording)) {
    const holes = missingRanges(toRanges(seqsOf(recording, take)), total)
    if (holes.length > 0) missing.set(take, [...holes])
  }
  return cut(missing, limit)
}

export function readTotals(tables: Tables, id: string): StandingTotals {
  const recording = tables.recordings.get(id)
  const takes = [...(recording?.totals ?? [])].map(([take, chunks]) => ({ take, chunks }))
  takes.sort((a, b) => a.take - b.take)
  return { at: tables.nowDate.toISOString(), takes, reason: recording?.row.finishReason ?? null }
}

export function readStatus(tables: Tables, id: string): StatusNow | null {
  const row = tables.recordings.get(id)?.row
  if (!row) return null
  const { status, version, complete, finishedAt } = row
  return { status, version, complete, finishedAt }
}

export function readAttempts(tables: Tables, id: string): number {
  return tables.recordings.get(id)?.row.attempts ?? 0
}

export function readReadyEvent(
  tables: Tables,
  id: string,
): Extract<HoldfastEvent, { type: 'ready' }> | null {
  const recording = tables.recordings.get(id)
  const current = recording?.versions.find(({ version }) => version === recording.row.version)
  return current ? readyEvent(id, current.version, current) : null
}

type OfTake = { recordingId: string; take: number; generation: number | null }

export function readTakeChunks(tables: Tables, of: OfTake): TakeChunk[] {
  const recording = tables.recordings.get(of.recordingId)
  if (!recording) return []
  return chunksOf(recording, of.take)
    .filter(({ generation }) => of.generation === null || generation <= of.generation)
    .map(({ seq, sha256, bytes, segment, offset, aligned, clusterMs, index }) => {
      return { seq, sha256, bytes, segment, offset, aligned, clusterMs, index }
    })
}

export function readTakeHeads(tables: Tables, id: string): TakeHead[] {
  const takes = [...(tables.recordings.get(id)?.takes.values() ?? [])]
  return takes
    .filter(({ maxSeq }) => maxSeq >= 0)
    .sort((a, b) => a.take - b.take)
    .map(({ take, mimeType, init, startedAt }) => ({ take, mimeType, init, startedAt }))
}

type Hole = Pick<Gap, 'take' | 'fromSeq' | 'toSeq'>

export function readGapEdges(tables: Tables, id: string, holes: readonly Hole[]): Gap[] {
  const chunks = tables.recordings.get(id)?.chunks
  const sorted = holes.toSorted((a, b) => a.take - b.take || a.fromSeq - b.fromSeq)
  return sorted.map(({ take, fromSeq, toSeq }) => ({
    ...{ take, fromSeq, toSeq },
    fromMs: fromSeq === 0 ? 0 : (chunks?.get(chunkKey(take, fromSeq - 1))?.endMs ?? null),
    toMs: chunks?.get(chunkKey(take, toSeq + 1))?.clusterMs ?? null,
  }))
}

export function readMediaState(
  tables: Tables,
  id: string,
  version: number | null,
): MediaState | null {
  const recording = tables.recordings.get(id)
  if (!recording) return null
  const { generation, title, deletedAt } = recording.row
  const asked = recording.versions.find((one) => one.version === version)
  return { generation, title, deletedAt, versionGeneration: asked?.generation ?? null }
}

export function readChunkPage(tables: Tables, id: string): ChunkPlace[] {
  const recording = tables.recordings.get(id)
  if (!recording) return []
  return takesOf(recording).flatMap((take) =>
    chunksOf(recording, take).map(({ seq, sha256, bytes, segment, offset }) => {
      return { take, seq, sha256, bytes, segment, offset }
    }),
  )
}

export function readSegmentsInUse(tables: Tables, id: string): Map<string, number> {
  const ends = new Map<string, number>()
  for (const { segment, offset, bytes } of tables.recordings.get(id)?.chunks.values() ?? []) {
    ends.set(segment, Math.max(ends.get(segment) ?? 0, offset + bytes))
  }
  return ends
}

export function findUnknownChunks(
  tables: Tables,
  id: string,
  names: readonly ChunkName[],
): number[] {
  const chunks = tables.recordings.get(id)?.chunks
  const sound = [...(chunks?.values() ?? [])].filter(({ damagedAt }) => damagedAt === null)
  const full = new Set(sound.filter(({ bytes }) => bytes > 0).map((one) => toHex(one.sha256)))
  return names.flatMap(({ take, seq, sha256 }, n) => {
    const found = chunks?.get(chunkKey(take, seq))
    const isThere = found && !found.damagedAt && toHex(found.sha256) === toHex(sha256)
    return isThere || full.has(toHex(sha256)) ? [] : [n]
  })
}

export function findPlaces(tables: Tables, id: string, sha256: Uint8Array): ChunkPlace[] {
  return readChunkPage(tables, id).filter((one) => toHex(one.sha256) === toHex(sha256))
}

export function holdsDamage(tables: Tables, id: string, generation: number): boolean {
  const chunks = tables.recordings.get(id)?.chunks.values() ?? []
  return [...chunks].some((one) => one.damagedAt !== null && one.generation <= generation)
}
