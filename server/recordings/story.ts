// The story of a recording, told from the ledger: what happened, when, and what it meant. Times are the database's: devices'
// clocks may say anything.
import type { LateChunks, ReadRecording, StoryEvent, TakeArrival } from '@holdfast/db'
import type { HoldfastEvent, JobKind, Reason } from '@holdfast/protocol'

export type StoryEntry = { at: string } & (
  | { what: 'created' | 'deleted' | 'restored' }
  /** Its first chunk arrived. */
  | { what: 'take'; take: number; mimeType: string }
  | { what: 'returned'; awayMs: number }
  | { what: 'stopped'; reason: 'user' | 'pagehide' | 'error' | null }
  /** So many chunks came after the version before, the first of them now. */
  | { what: 'late'; chunks: number; version: number }
  | {
      what: 'version'
      version: number
      status: 'ready' | 'incomplete'
      reason: Reason
      durationMs: number | null
      gapCount: number
    }
  | { what: 'empty' }
  | { what: 'failed'; code: string; message: string; attempt: number }
  | { what: 'made'; job: JobKind; status: 'done' | 'failed' | 'cancelled'; code: string | null }
)

export type StoryFacts = {
  readonly recording: ReadRecording
  readonly events: readonly StoryEvent[]
  readonly late: readonly LateChunks[]
  readonly arrivals: readonly TakeArrival[]
}

/** Oldest first. */
export function tellStory({ recording, events, late, arrivals }: StoryFacts): StoryEntry[] {
  const { takes, versions, finishedAt, finishReason } = recording
  const mimeTypes = new Map(takes.map(({ take, mimeType }) => [take, mimeType]))
  const entries: StoryEntry[] = [
    { at: iso(recording.createdAt), what: 'created' },
    ...arrivals.map(({ take, firstAt }): StoryEntry => {
      return { at: iso(firstAt), what: 'take', take, mimeType: mimeTypes.get(take) ?? '' }
    }),
    ...(finishedAt
      ? [{ at: iso(finishedAt), what: 'stopped' as const, reason: finishReason }]
      : []),
    ...late.map(({ version, chunks, firstAt }): StoryEntry => {
      return { at: iso(firstAt), what: 'late', chunks, version }
    }),
    ...versions.map(({ version, status, reason, durationMs, gaps, createdAt }): StoryEntry => {
      const result = { version, status, reason, durationMs, gapCount: gaps.length }
      return { at: iso(createdAt), what: 'version', ...result }
    }),
    ...tellEvents(events),
  ]
  return entries.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}

/** What rows do not remember. */
function tellEvents(events: readonly StoryEvent[]): StoryEntry[] {
  let isDeleted = false
  return events.flatMap(({ event, at }): StoryEntry[] => {
    const wasDeleted = isDeleted
    if (event.type === 'deleted') isDeleted = true
    else if (event.type === 'status') isDeleted = false
    const told = tellEvent(event, wasDeleted)
    return told ? [{ ...told, at: iso(at) }] : []
  })
}

type Told = StoryEntry extends infer Entry
  ? Entry extends unknown
    ? Omit<Entry, 'at'>
    : never
  : never

function tellEvent(event: HoldfastEvent, wasDeleted: boolean): Told | null {
  switch (event.type) {
    case 'deleted':
      return { what: 'deleted' }
    case 'returned':
      return { what: 'returned', awayMs: event.awayMs }
    case 'failed': {
      const { code, message, attempt } = event
      return { what: 'failed', code, message, attempt }
    }
    case 'status':
      if (wasDeleted) return { what: 'restored' }
      return event.status === 'empty' ? { what: 'empty' } : null
    case 'job': {
      const { job, status, code = null } = event
      if (status === 'waiting' || status === 'running') return null
      return { what: 'made', job, status, code }
    }
    default:
      return null
  }
}

const iso = (time: Date): string => time.toISOString()
