// What the HTTP calls of a recorder answer. Errors still list the acks of what was stored before them.
import { readStatus } from '@holdfast/db'
import { type ErrorBody, errorBody, HoldfastError, type TakeRanges } from '@holdfast/protocol'
import type { IngestDeps } from './deps.ts'
import { missingEvent } from './finish.ts'
import type { Replies } from './replies.ts'

export type HttpAnswer = { status: number; body: Record<string, unknown>; retryAfterS?: number }

type Nack = { take: number; seq: number; code: string; retry: boolean; message: string }

/** Collects a session's words for one JSON answer. */
export class CollectedReplies implements Replies {
  readonly acks: [take: number, seq: number][] = []
  readonly nacks: Nack[] = []
  /** Takes that are durable: added to protocol §3, which lists chunks only. */
  readonly takes: number[] = []
  isFinished = false

  welcome(): void {
    // HTTP has no use for it: `have` is asked for over GET.
  }

  ack(kind: 'chunk' | 'take' | 'finish', take: number, seq: number): void {
    if (kind === 'chunk') this.acks.push([take, seq])
    else if (kind === 'take') this.takes.push(take)
    else this.isFinished = true
  }

  nack(take: number, seq: number, { code, retry, message }: ErrorBody): void {
    this.nacks.push({ take, seq, code, retry, message })
  }

  pong(): void {
    // The answer itself is the pong.
  }

  event(): void {
    // `missing` is in every answer; the rest comes over /api/events.
  }
}

/** Where the recording stands; `missing` is empty unless a FINISH stands whose totals are not there yet. */
export async function standing(
  deps: IngestDeps,
  id: string,
): Promise<{ status: string; version: number; missing: TakeRanges; more?: true }> {
  const now = await readStatus(deps.db, id)
  if (!now) throw new HoldfastError('recording_unknown')
  const { status, version, complete, finishedAt } = now
  if (!finishedAt || complete) return { status, version, missing: {} }
  const { missing, more } = await missingEvent(deps, id)
  return { status, version, missing, ...(more ? { more } : {}) }
}

export function errorAnswer(error: unknown, stored: CollectedReplies | null): HttpAnswer {
  const known =
    error instanceof HoldfastError ? error : new HoldfastError('unavailable', { cause: error })
  const lists = stored ? { acks: stored.acks, nacks: stored.nacks, takes: stored.takes } : {}
  const answer = { status: known.status, body: { error: errorBody(known), ...lists } }
  return known.status === 503 || known.status === 507 ? { ...answer, retryAfterS: 1 } : answer
}
