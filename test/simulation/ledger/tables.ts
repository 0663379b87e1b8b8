// What the simulated ledger holds: the rows of the real one, as plain objects. A transaction is a function that runs at
// one moment; it either returns or throws before it has changed anything.
import type { NewChunk, OpenedRecording, Result, RetiredSegment } from '@holdfast/db'
import type { HoldfastEvent, Reason } from '@holdfast/protocol'

export type RecordingRow = {
  -readonly [K in keyof Omit<OpenedRecording, 'takes'>]: OpenedRecording[K]
}

export type TakeRow = {
  take: number
  mimeType: string
  init: Uint8Array | null
  startedAt: Date
  chunkCount: number
  bytes: number
  maxSeq: number
}

export type ChunkRow = Required<Omit<NewChunk, 'recordingId' | 'hasInit'>> & {
  generation: number
  damagedAt: Date | null
}

export type VersionRow = Result & {
  version: number
  epoch: number
  generation: number
  reason: Reason
  createdAt: Date
}

export type ConflictRow = {
  take: number
  seq: number
  sha256: Uint8Array
  bytes: number
  object: string | null
}

type RetiredRow = RetiredSegment & { removeAt: number; removedAt: number | null }

/** Everything that belongs to one recording. */
export type Recording = {
  readonly row: RecordingRow
  readonly takes: Map<number, TakeRow>
  /** By take: chunks per take as FINISH declared them; entries exist while a FINISH stands. */
  readonly totals: Map<number, number>
  readonly chunks: Map<string, ChunkRow>
  readonly versions: VersionRow[]
  readonly conflicts: ConflictRow[]
  readonly retired: Map<string, RetiredRow>
}

export type JobRow = {
  id: number
  key: string
  runAt: number
  epoch: number
  leaseUntil: number | null
  attempts: number
}

export class Tables {
  readonly recordings = new Map<string, Recording>()
  readonly jobs = new Map<number, JobRow>()
  readonly instances = new Map<
    string,
    { startedAt: number; heartbeatAt: number; stoppedAt: number | null }
  >()
  readonly uptime: { upSince: number; lastBeatAt: number }
  readonly events: HoldfastEvent[] = []
  lastJobId = 0
  readonly #clock: () => number

  /** @param clock the database's own, in milliseconds */
  constructor(clock: () => number) {
    this.#clock = clock
    this.uptime = { upSince: clock(), lastBeatAt: clock() }
  }

  get now(): number {
    return this.#clock()
  }

  get nowDate(): Date {
    return new Date(this.now)
  }

  publish(event: HoldfastEvent): void {
    this.events.push(event)
  }
}

export const chunkKey = (take: number, seq: number): string => `${take}/${seq}`

export const ms = (date: Date | null): number => date?.getTime() ?? Number.NEGATIVE_INFINITY

/** The chunks of a take, in their order. */
export function chunksOf(recording: Recording, take: number): ChunkRow[] {
  return [...recording.chunks.values()]
    .filter((chunk) => chunk.take === take && chunk.damagedAt === null)
    .sort((a, b) => a.seq - b.seq)
}

/** Every take holds every chunk below its effective total. */
export function isComplete({ takes, totals }: Recording): boolean {
  return [...totals].every(([take, declared]) => {
    const { chunkCount = 0, maxSeq = -1 } = takes.get(take) ?? {}
    return chunkCount >= Math.max(declared, maxSeq + 1)
  })
}

/** The expected number of chunks of every take that is known or declared. */
export function effectiveTotals({ takes, totals }: Recording): Map<number, number> {
  const numbers = new Set([...takes.keys(), ...totals.keys()])
  const of = (take: number) => Math.max(totals.get(take) ?? 0, (takes.get(take)?.maxSeq ?? -1) + 1)
  return new Map([...numbers].sort((a, b) => a - b).map((take) => [take, of(take)]))
}

export const effectiveTotal = (recording: Recording): number =>
  [...effectiveTotals(recording).values()].reduce((sum, one) => sum + one, 0)

export function revokeFinish({ row, totals }: Recording, now: Date): void {
  totals.clear()
  if (!row.complete) row.generation += 1
  row.finishedAt = null
  row.finishReason = null
  row.complete = false
  row.lastSeenAt = now
}
