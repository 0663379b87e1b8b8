// Owns what the uploader knows and the words it speaks: state, events, effects. Immutable, no clock,
// no I/O. Its size depends on the window and on the number of holes, not on the length of a recording.
import type {
  ErrorCode,
  RecordingStatus,
  SeqRange,
  TakeRanges,
  Welcome,
  WireLimits,
} from '@holdfast/protocol'
import { LIMITS, TIMING } from '@holdfast/protocol'
import type { RefusedChunk } from '../buffer/rows.ts'
import type { ChunkRef } from '../session/chunk-ref.ts'
import type { MissingEvent, ReadyEvent } from '../session/recording.ts'
import { type Ladder, newLadder } from '../transport/ladder.ts'
import type { Failure, Rung } from '../transport/transport.ts'

export type FinishReason = 'user' | 'pagehide' | 'error'

/** Why a chunk is stuck: as the server said, or because of this device. */
export type ChunkTrouble = ErrorCode | 'chunk_lost' | 'chunk_unreadable'

/** A chunk that was read from the buffer and waits for room in the window. */
export type Shelved = ChunkRef & { readonly bytes: number }

/** A chunk that was sent on the present connection and not answered yet. */
export type Flying = Shelved & {
  readonly kind: 'chunk' | 'check'
  readonly wire: number
  /** Since when chunks that were sent after it are acknowledged and it is not; null = they are not. */
  readonly overtakenAt: number | null
}

export type TakeUpload = {
  readonly take: number
  /** Its number on the wire. */
  readonly wire: number
  readonly announced: 'no' | 'sent' | 'acked'
  /** Chunks 0 … captured − 1 exist: here, or acked. */
  readonly captured: number
  readonly acked: readonly SeqRange[]
  /** Of those, what counts as acked only because it is not here any more: the server has not confirmed it yet. */
  readonly assumed: readonly SeqRange[]
  /** What WELCOME says is stored: sent last, as CHECK instead of bytes. Never counts as acked. */
  readonly have: readonly SeqRange[]
  /** Refused for good, or gone from this device; what is here of them is kept and not sent again. */
  readonly stuck: readonly SeqRange[]
}

export type OpenLink = {
  readonly at: 'open'
  readonly conn: number
  readonly rung: Rung
  /** Something was acknowledged over it. */
  readonly productive: boolean
  readonly lastSentAt: number
  /** Since when an answer is due without any progress; null when nothing is outstanding. */
  readonly waitingSince: number | null
  /** The PING that was not answered yet. */
  readonly pinged: 'plain' | 'again' | null
  readonly bufferedBytes: number
  readonly status: RecordingStatus
}

export type Link =
  | { readonly at: 'waiting'; readonly until: number }
  | { readonly at: 'creating' }
  | { readonly at: 'opening'; readonly conn: number; readonly rung: Rung; readonly since: number }
  | OpenLink
  /** The server refuses for good. */
  | { readonly at: 'halted'; readonly code: ErrorCode }
  /** Everything is acked and the file is final. */
  | { readonly at: 'done' }

export type Uploader = {
  /** live: somebody records; drain: only sending what is left. */
  readonly mode: 'live' | 'drain'
  readonly created: boolean
  readonly takes: readonly TakeUpload[]
  readonly loading: readonly ChunkRef[]
  readonly shelf: readonly Shelved[]
  readonly flight: readonly Flying[]
  /** Capture is over, and why; FINISH follows when nothing is pending. */
  readonly stop: FinishReason | null
  readonly finish: 'no' | 'sent' | 'acked'
  /** A FINISH that was sent must be revoked: the next PING says "recording again". */
  readonly again: boolean
  readonly asking: boolean
  readonly ladder: Ladder
  readonly link: Link
  readonly probe: { readonly conn: number; readonly rung: Rung; readonly since: number } | null
  /** The last connection number given out. */
  readonly conn: number
  readonly pings: number
  /** Tries that failed since something was last acknowledged. */
  readonly attempt: number
  /** No chunk is sent before this moment: the server said `unavailable`. */
  readonly holdUntil: number
  readonly holds: number
  /** How often a chunk came back as damaged, or could not be read. */
  readonly strikes: readonly (ChunkRef & { readonly count: number })[]
  /** How long to wait for an answer; grows while none comes, so that a slow link gets through in the end. */
  readonly ackTimeoutMs: number
  readonly limits: WireLimits
  readonly pingMs: number
  readonly graceMs: number
}

/** What came from the server, in words. */
export type Incoming =
  | { readonly type: 'welcome'; readonly welcome: Welcome }
  | { readonly type: 'ack'; readonly of: 'take' | 'chunk' | 'finish'; take: number; seq: number }
  | { readonly type: 'nack'; take: number; seq: number; code: ErrorCode; retry: boolean }
  | { readonly type: 'pong' }
  | { readonly type: 'status'; readonly status: RecordingStatus }
  | { readonly type: 'missing'; readonly missing: MissingEvent }
  | { readonly type: 'ready'; readonly ready: ReadyEvent }
  | { readonly type: 'deleted' }
  /** Finalizing failed; the server tries again. */
  | { readonly type: 'failed' }
  | { readonly type: 'error'; readonly code: ErrorCode }
  | { readonly type: 'other' }

export type UploaderEvent =
  /** A take whose head is known: may be announced. */
  | { readonly type: 'take'; readonly take: number }
  /** The chunk can be read from now on (from disk, or from memory when the disk is full). */
  | ({ readonly type: 'captured' } & ChunkRef)
  | { readonly type: 'stop'; readonly reason: FinishReason }
  /** The page came back after it had said FINISH. */
  | { readonly type: 'again' }
  | { readonly type: 'created' }
  | { readonly type: 'createFailed'; readonly failure: Failure }
  | { readonly type: 'frame'; readonly conn: number; readonly frame: Incoming }
  | { readonly type: 'closed'; readonly conn: number; readonly failure: Failure }
  | {
      readonly type: 'loaded'
      readonly chunks: readonly Shelved[]
      /** Gone from the buffer. */
      readonly lost: readonly ChunkRef[]
      /** There, but the browser does not give them out now. */
      readonly unread: readonly ChunkRef[]
    }
  /** The browser cleared the storage: these chunks are not here any more. */
  | { readonly type: 'evicted'; readonly refs: readonly ChunkRef[] }
  /** The answer to `ask`; null when there was none or the file is not final. */
  | { readonly type: 'answer'; readonly ready: ReadyEvent | 'empty' | null }
  | { readonly type: 'tick' }
  /** The network is said to be back, or the page is visible again: try at once. */
  | { readonly type: 'nudge' }

export type Outgoing =
  | { readonly kind: 'take'; readonly take: number; readonly wire: number }
  | ({ readonly kind: 'chunk' | 'check'; readonly wire: number } & ChunkRef)
  | {
      readonly kind: 'finish'
      readonly takes: readonly { take: number; chunks: number }[]
      readonly reason: FinishReason
    }
  | { readonly kind: 'ping'; readonly again: boolean; readonly seq: number }

export type Effect =
  /** POST /api/recordings. Answered by `created` or `createFailed`. */
  | { readonly type: 'create' }
  | { readonly type: 'connect'; readonly conn: number; readonly rung: Rung }
  | { readonly type: 'disconnect'; readonly conn: number }
  | { readonly type: 'send'; readonly conn: number; readonly frames: readonly Outgoing[] }
  /** Read chunks from the buffer. Answered by `loaded`. */
  | { readonly type: 'load'; readonly refs: readonly ChunkRef[] }
  /** Acknowledged: the local copy may go. */
  | ({ readonly type: 'forget' } & ChunkRef)
  /** The chunk will never be taken, or is gone: to be remembered, so that no visit offers it again. */
  | ({ readonly type: 'setAside'; readonly code: RefusedChunk['code'] } & ChunkRef)
  /** Keep the take's new number on the wire. */
  | { readonly type: 'renumber'; readonly take: number; readonly wire: number }
  /** GET /api/recordings/{id}: is the file final? Answered by `answer`. */
  | { readonly type: 'ask' }
  | { readonly type: 'missing'; readonly missing: MissingEvent }
  | { readonly type: 'error'; readonly code: ChunkTrouble; readonly retry: boolean }
  /** FINISH is acknowledged, and so is every chunk. */
  | { readonly type: 'safe' }
  /** FINISH is acknowledged, but so many chunks are stuck. */
  | { readonly type: 'partial'; readonly chunks: number }
  | { readonly type: 'ready'; readonly ready: ReadyEvent | 'empty' }

/** What a step needs from outside. */
export type Env = {
  /** Milliseconds of a clock that never goes back. */
  readonly now: number
  /** In [0, 1). */
  readonly random: number
  /** Bytes that wait in the open transport. */
  readonly bufferedBytes: number
}

export type Step = { readonly state: Uploader; readonly effects: readonly Effect[] }

export type UploaderSetup = {
  readonly mode: 'live' | 'drain'
  readonly rungs: readonly [Rung, ...Rung[]]
  /** POST /api/recordings has succeeded before. */
  readonly created: boolean
  /** What earlier visits captured, had acked and had refused. */
  readonly takes: readonly Pick<TakeUpload, 'take' | 'wire' | 'captured' | 'acked' | 'stuck'>[]
}

export const FIRST_ACK_TIMEOUT_MS = 8_000

export function newUploader(setup: UploaderSetup): Uploader {
  return {
    mode: setup.mode,
    created: setup.created,
    takes: setup.takes.map((take) => ({
      ...take,
      announced: 'no',
      have: [],
      assumed: take.acked,
    })),
    loading: [],
    shelf: [],
    flight: [],
    stop: null,
    finish: 'no',
    again: false,
    asking: false,
    ladder: newLadder(setup.rungs),
    link: { at: 'waiting', until: 0 },
    probe: null,
    conn: 0,
    pings: 0,
    attempt: 0,
    holdUntil: 0,
    holds: 0,
    strikes: [],
    ackTimeoutMs: FIRST_ACK_TIMEOUT_MS,
    limits: LIMITS,
    pingMs: TIMING.maxPingMs,
    graceMs: TIMING.graceMs,
  }
}

export function withTake(
  state: Uploader,
  take: number,
  change: (take: TakeUpload) => Partial<TakeUpload>,
): Uploader {
  const takes = state.takes.map((one) => (one.take === take ? { ...one, ...change(one) } : one))
  return { ...state, takes }
}

export function takeOnWire(state: Uploader, wire: number): TakeUpload | undefined {
  return state.takes.find((take) => take.wire === wire)
}

/** Ranges of one take out of WELCOME.have or EVENT missing. */
export function rangesOf(ranges: TakeRanges, take: number): readonly SeqRange[] {
  return ranges[String(take)] ?? []
}
