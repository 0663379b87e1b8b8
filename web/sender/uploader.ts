// Owns the uploader as a pure machine: step(state, event, env) → { state, effects }. No clock, no I/O,
// no promise in here; the driver runs the effects and feeds their outcome back as events.
//
//            ┌───────────── pause over ──────────────┐
//            ▼                                       │
//   waiting ──▶ creating ──▶ opening ──WELCOME──▶ open ──lost / overdue──▶ waiting (full jitter)
//      ▲   (only until it    │  ▲ next rung           │
//      │    has succeeded)   └──┘ of the ladder       ├── all acked, FINISH acked, file final ──▶ done
//      └──────── failed ─────┘                        └── refused for good ──▶ halted
//
//   a chunk: captured ─▶ loading ─▶ shelf ─▶ flight ─ACK─▶ acked (local copy deleted)
//               ▲                              │
//               └── NACK retry / lost link ────┤
//                                              └─ NACK for good ─▶ stuck (local copy kept)
//   stuck too: what cannot be read any more, and what is larger than the server takes
import { hasSeq } from '@holdfast/protocol'
import { type ChunkRef, sameChunk } from '../session/chunk-ref.ts'
import {
  acked,
  askIfFinal,
  MAX_STRIKES,
  missed,
  nacked,
  ready,
  setAside,
  statusTold,
  strike,
  strikesOf,
} from './answers.ts'
import { confirmed, refuted } from './assumed-acks.ts'
import {
  createdNow,
  createFailed,
  halt,
  heard,
  lost,
  nudged,
  passTime,
  welcomed,
} from './link-moves.ts'
import { isAnswerDue, pump, withOpen } from './pump.ts'
import { union } from './seq-set.ts'
import {
  type Env,
  type Incoming,
  type Step,
  type TakeUpload,
  type Uploader,
  type UploaderEvent,
  withTake,
} from './uploader-state.ts'

type EventOf<T extends UploaderEvent['type']> = Extract<UploaderEvent, { type: T }>
type Moves = {
  [T in UploaderEvent['type']]: (state: Uploader, event: EventOf<T>, env: Env) => Step
}
type Answers = {
  [T in Incoming['type']]: (
    state: Uploader,
    frame: Extract<Incoming, { type: T }>,
    at: { conn: number; env: Env },
  ) => Step
}

const keep = (state: Uploader): Step => ({ state, effects: [] })

/** One event in, the new state and what is to be done out. Every event is allowed in every state. */
export function step(state: Uploader, event: UploaderEvent, env: Env): Step {
  if (state.link.at === 'done') return keep(state)
  const moved = move(state, event, env)
  if (moved.state.link.at === 'halted' || moved.state.link.at === 'done') return moved
  const drained = noteDrain(moved, env)
  const timed = after(drained, (known) => passTime(known, env))
  return after(
    after(timed, (known) => pump(known, env)),
    askIfFinal,
  )
}

function move<T extends UploaderEvent['type']>(state: Uploader, event: EventOf<T>, env: Env): Step {
  return MOVES[event.type as T](state, event, env)
}

/** Bytes that left the page are progress too: a slow link is not a dead one. */
function noteDrain(before: Step, { now, bufferedBytes }: Env): Step {
  const state = withOpen(before.state, (link) => ({
    bufferedBytes,
    waitingSince:
      link.waitingSince !== null && bufferedBytes < link.bufferedBytes ? now : link.waitingSince,
  }))
  return { state, effects: before.effects }
}

const MOVES: Moves = {
  take: (state, { take }) => addTake(state, take),
  captured: (state, { take, seq }) => {
    const known = addTake(state, take)
    const grown = withTake(known.state, take, (one) => ({
      captured: Math.max(one.captured, seq + 1),
    }))
    return { state: { ...grown, finish: 'no' }, effects: known.effects }
  },
  stop: (state, { reason }) => keep({ ...state, stop: reason }),
  again: (state) => keep({ ...state, stop: null, finish: 'no', again: true }),
  created: (state, _event, env) => createdNow(state, env),
  createFailed: (state, { failure }, env) => createFailed(state, failure, env),
  closed: (state, { conn, failure }, env) => lost(state, conn, failure, env),
  loaded: (state, event) => shelve(state, event),
  evicted: (state, { refs }) => evict(state, refs),
  // Not final after all, or no answer: the next PONG lets it ask again.
  answer: (state, event) => (event.ready === null ? keep(state) : ready(state, event.ready)),
  tick: keep,
  nudge: (state, _event, env) => keep(nudged(state, env)),
  frame: (state, { conn, frame }, env) => {
    const { link, probe } = state
    const isOurs = probe?.conn === conn || ('conn' in link && link.conn === conn)
    return isOurs ? answer(state, frame, { conn, env }) : keep(state)
  },
}

function answer<T extends Incoming['type']>(
  state: Uploader,
  frame: Extract<Incoming, { type: T }>,
  at: { conn: number; env: Env },
): Step {
  return ANSWERS[frame.type as T](state, frame, at)
}

const ANSWERS: Answers = {
  welcome: (state, { welcome }, { conn, env }) =>
    after(welcomed(state, conn, welcome, env), (known) => confirmed(known, welcome)),
  ack: (state, frame, { env }) => acked(state, frame, env),
  nack: (state, frame, { env }) => nacked(state, frame, env),
  pong: (state, _frame, { env }) => keep(ponged(heard(state, env))),
  status: (state, frame) => statusTold(state, frame),
  missing: (state, frame) =>
    after(missed(state, frame), (known) => refuted(known, frame.missing.missing)),
  ready: (state, frame) =>
    ready(statusTold(state, { type: 'status', ...frame.ready }).state, frame.ready),
  deleted: (state) => halt(state, 'recording_deleted'),
  failed: (state) => ({
    state,
    effects: [{ type: 'error', code: 'finalize_failed', retry: true }],
  }),
  error: (state, { code }, { conn, env }) => {
    const next = lost(state, conn, { code, retryAfterMs: null }, env)
    return { state: next.state, effects: [{ type: 'disconnect', conn }, ...next.effects] }
  },
  other: keep,
}

/** A PONG proves the connection, not that an overdue ACK will still come: it ends only its own wait. */
function ponged(state: Uploader): Uploader {
  const again = state.again && state.link.at === 'open' && state.link.pinged !== 'again'
  const quiet = withOpen({ ...state, again, asking: false }, () => ({ pinged: null }))
  return withOpen(quiet, (link) => ({
    waitingSince: isAnswerDue(quiet, link) ? link.waitingSince : null,
  }))
}

/** A take of ours may lie where the next would by its own number: what the wire has taken stays taken. */
function addTake(state: Uploader, take: number): Step {
  if (state.takes.some((one) => one.take === take)) return keep(state)
  const wire = Math.max(take, ...state.takes.map((one) => one.wire + 1))
  const fresh: TakeUpload = {
    take,
    wire,
    announced: 'no',
    captured: 0,
    acked: [],
    assumed: [],
    have: [],
    stuck: [],
  }
  const next: Uploader = { ...state, takes: [...state.takes, fresh], finish: 'no' }
  return { state: next, effects: wire === take ? [] : [{ type: 'renumber', take, wire }] }
}

/** What was read waits for room in the window; what cannot be sent is set aside. */
function shelve(state: Uploader, { chunks, lost: gone, unread }: EventOf<'loaded'>): Step {
  const answered = [...chunks, ...gone, ...unread]
  const loading = state.loading.filter((ref) => !answered.some((one) => sameChunk(one, ref)))
  const { maxChunkBytes } = state.limits
  const shelf = [...state.shelf, ...chunks.filter(({ bytes }) => bytes <= maxChunkBytes)]
  let next: Step = keep({ ...state, loading, shelf })
  for (const chunk of chunks) {
    if (chunk.bytes <= maxChunkBytes) continue
    next = after(next, (known) => setAside(known, chunk, 'chunk_too_large'))
  }
  for (const ref of gone) next = after(next, (known) => giveUp(known, ref))
  for (const ref of unread) next = after(next, (known) => putBack(known, ref))
  return next
}

/** Pending again; set aside for this visit when it happens again and again, so that the others get through. */
function putBack(state: Uploader, ref: ChunkRef): Step {
  const struck = strike(state, ref)
  if (strikesOf(struck, ref) >= MAX_STRIKES) return setAside(struck, ref, 'chunk_unreadable')
  return { state: struck, effects: [{ type: 'error', code: 'chunk_unreadable', retry: true }] }
}

/**
 * A chunk that is not here any more. Only an ACK, or a person, deletes one: what the server says it has was
 * sent by another owner, where a browser gives no locks.
 */
function giveUp(state: Uploader, { take, seq }: ChunkRef): Step {
  const isThere = state.takes.some((one) => one.take === take && hasSeq(one.have, seq))
  if (!isThere) return setAside(state, { take, seq }, 'chunk_lost')
  const acked = withTake(state, take, (one) => ({ acked: union(one.acked, [[seq, seq]]) }))
  return { state: acked, effects: [{ type: 'forget', take, seq }] }
}

/** What was read before may still arrive; whatever does not is found to be gone when it is read again. */
function evict(state: Uploader, refs: readonly ChunkRef[]): Step {
  const busy = [...state.loading, ...state.shelf, ...state.flight]
  const gone = refs.filter((ref) => !busy.some((one) => sameChunk(one, ref)))
  return gone.reduce((next, ref) => after(next, (known) => giveUp(known, ref)), keep(state))
}

function after(before: Step, next: (state: Uploader) => Step): Step {
  const { state, effects } = next(before.state)
  return { state, effects: [...before.effects, ...effects] }
}
