// Owns what an answer of the server changes. Only an ACK makes a chunk safe; a NACK either puts it back
// into the queue or sets it aside with its local copy. Clients decide by `retry` and code, never by text.
import { type ErrorCode, isSettled } from '@holdfast/protocol'
import { backoffCapMs, backoffMs } from '../session/backoff.ts'
import { type ChunkRef, sameChunk } from '../session/chunk-ref.ts'
import type { ReadyEvent } from '../session/recording.ts'
import { hasPending, isProven, stuckChunks } from './chunk-choice.ts'
import { answered, halt, heard, timeoutAfter } from './link-moves.ts'
import { withOpen } from './pump.ts'
import { union, without } from './seq-set.ts'
import {
  type ChunkTrouble,
  type Effect,
  type Env,
  type Flying,
  type Incoming,
  rangesOf,
  type Step,
  type TakeUpload,
  takeOnWire,
  type Uploader,
  withTake,
} from './uploader-state.ts'

type Ack = Extract<Incoming, { type: 'ack' }>
type Nack = Extract<Incoming, { type: 'nack' }>

/** A chunk that comes back as damaged this often is damaged here; one that is not read this often is set aside. */
export const MAX_STRIKES = 3

const keep = (state: Uploader): Step => ({ state, effects: [] })

export function acked(state: Uploader, ack: Ack, env: Env): Step {
  const next = ACKS[ack.of](state, ack, env)
  const working = heard(next.state, env)
  return { state: answered(working, env), effects: next.effects }
}

const ACKS: Record<Ack['of'], (state: Uploader, ack: Ack, env: Env) => Step> = {
  take: (state, { take }) => {
    const known = takeOnWire(state, take)
    return keep(known ? withTake(state, known.take, () => ({ announced: 'acked' })) : state)
  },
  chunk: (state, ack, env) => {
    const chunk = flying(state, ack)
    if (!chunk) return keep(state)
    const { take, seq } = chunk
    // Small frames are answered fast on any link: only bytes tell how long an answer may take.
    const timed =
      chunk.kind === 'chunk' ? { ...state, ackTimeoutMs: timeoutAfter(state, env) } : state
    const landed = land(markOvertaken(timed, chunk, env), chunk)
    const safe = withTake(landed, take, (one) => ({
      acked: union(one.acked, [[seq, seq]]),
    }))
    return { state: { ...safe, holds: 0 }, effects: [{ type: 'forget', take, seq }] }
  },
  finish: (state) => {
    if (state.finish !== 'sent') return keep(state)
    const chunks = stuckChunks(state)
    const end: Effect = chunks === 0 ? { type: 'safe' } : { type: 'partial', chunks }
    return { state: { ...state, finish: 'acked', asking: false }, effects: [end] }
  },
}

function flying(state: Uploader, at: { take: number; seq: number }): Flying | undefined {
  return state.flight.find((chunk) => chunk.wire === at.take && chunk.seq === at.seq)
}

/** Answers come roughly in order: what was sent before `acked` is late from now on. */
function markOvertaken(state: Uploader, acked: Flying, { now }: Env): Uploader {
  const at = state.flight.indexOf(acked)
  const flight = state.flight.map((chunk, index) =>
    index < at && chunk.overtakenAt === null ? { ...chunk, overtakenAt: now } : chunk,
  )
  return { ...state, flight }
}

function land(state: Uploader, chunk: Flying): Uploader {
  return { ...state, flight: state.flight.filter((one) => !sameChunk(one, chunk)) }
}

export function nacked(state: Uploader, nack: Nack, env: Env): Step {
  const alive = heard(state, env)
  if (nack.code === 'recording_deleted' || nack.code === 'recording_full') {
    return halt(alive, nack.code)
  }
  const chunk = flying(alive, nack)
  if (chunk) return chunkRefused(answered(land(alive, chunk), env), chunk, nack, env)
  const take = takeOnWire(alive, nack.take)
  return take?.announced === 'sent' ? takeRefused(alive, take, nack, env) : keep(alive)
}

/** `chunk` is pending again: it left the flight and was not acked. */
function chunkRefused(state: Uploader, chunk: Flying, nack: Nack, env: Env): Step {
  const { take, seq } = chunk
  if (nack.code === 'take_unknown') {
    return keep(withTake(state, take, () => ({ announced: 'no', have: [] })))
  }
  if (nack.code === 'not_stored') {
    return keep(withTake(state, take, ({ have }) => ({ have: without(have, [[seq, seq]]) })))
  }
  const known = state.takes.find((one) => one.take === take)
  if (nack.code === 'chunk_conflict' && known && !isProven(known)) return moveTake(state, known)
  const struck = nack.code === 'digest_mismatch' ? strike(state, chunk) : state
  if (!nack.retry || strikesOf(struck, chunk) >= MAX_STRIKES) {
    return setAside(struck, { take, seq }, nack.code)
  }
  return hold(struck, nack.code, env)
}

/** Another visit may fare better: a limit is raised, damage lay on the way, the browser reads again. */
const isForNow = (
  code: ChunkTrouble,
): code is 'chunk_too_large' | 'digest_mismatch' | 'chunk_unreadable' =>
  code === 'chunk_too_large' || code === 'digest_mismatch' || code === 'chunk_unreadable'

/** The chunk is not sent any more. Whatever is here of it stays here (I13). */
export function setAside(state: Uploader, { take, seq }: ChunkRef, code: ChunkTrouble): Step {
  const next = withTake(state, take, ({ stuck }) => ({ stuck: union(stuck, [[seq, seq]]) }))
  const told: Effect = { type: 'error', code, retry: false }
  return {
    state: next,
    effects: isForNow(code) ? [told] : [told, { type: 'setAside', take, seq, code }],
  }
}

export function strikesOf({ strikes }: Uploader, chunk: ChunkRef): number {
  return strikes.find((one) => sameChunk(one, chunk))?.count ?? 0
}

export function strike(state: Uploader, { take, seq }: ChunkRef): Uploader {
  const count = strikesOf(state, { take, seq }) + 1
  const others = state.strikes.filter((one) => !sameChunk(one, { take, seq }))
  return { ...state, strikes: [...others, { take, seq, count }] }
}

/** The server cannot take anything now: pause TAKEs and chunks, keep the connection. */
function hold(state: Uploader, code: ErrorCode, { now, random }: Env): Step {
  const cap = backoffCapMs(state.mode, state.graceMs)
  const holdUntil = Math.max(state.holdUntil, now + backoffMs(state.holds, cap, random))
  return {
    state: { ...state, holdUntil, holds: state.holds + 1 },
    effects: [{ type: 'error', code, retry: true }],
  }
}

function takeRefused(state: Uploader, take: TakeUpload, nack: Nack, env: Env): Step {
  const again = answered(
    withTake(state, take.take, () => ({ announced: 'no' })),
    env,
  )
  if (nack.code === 'take_conflict') return moveTake(again, take)
  return nack.retry ? hold(again, nack.code, env) : halt(again, nack.code)
}

/** Another take lies under the number: one that this device has forgotten, or another device's. */
function moveTake(state: Uploader, { take, wire: taken }: TakeUpload): Step {
  const wire = freeWire(state, taken)
  return {
    state: withTake(state, take, () => ({ wire, have: [], announced: 'no' })),
    effects: [{ type: 'renumber', take, wire }],
  }
}

function freeWire(state: Uploader, taken: number): number {
  const used = new Set(state.takes.map((take) => take.wire))
  let wire = taken + 1
  while (used.has(wire)) wire += 1
  return wire
}

/** Chunks that the server lacks are sent as bytes, whatever WELCOME said. */
export function missed(state: Uploader, event: Extract<Incoming, { type: 'missing' }>): Step {
  const takes = state.takes.map((take) => ({
    ...take,
    have: without(take.have, rangesOf(event.missing.missing, take.wire)),
  }))
  return { state: { ...state, takes }, effects: [{ type: 'missing', missing: event.missing }] }
}

export function statusTold(
  state: Uploader,
  { status }: Extract<Incoming, { type: 'status' }>,
): Step {
  return keep(withOpen(state, () => ({ status })))
}

/** Everything that can be sent is acked and so is the stop. */
function isAllSent(state: Uploader): boolean {
  return state.finish === 'acked' && !hasPending(state)
}

/** The file is final; it counts only when nothing of ours is still to come. */
export function ready(state: Uploader, result: ReadyEvent | 'empty'): Step {
  if (!isAllSent(state)) return keep(state)
  const { link } = state
  const effects: Effect[] = [{ type: 'ready', ready: result }]
  if (link.at === 'open') effects.push({ type: 'disconnect', conn: link.conn })
  if (state.probe) effects.push({ type: 'disconnect', conn: state.probe.conn })
  return { state: { ...state, link: { at: 'done' }, probe: null, asking: false }, effects }
}

/** Without an event of it (HTTP rung, or final before the stop was acked): ask whether the file is final. */
export function askIfFinal(state: Uploader): Step {
  const { link } = state
  const isFinal = link.at === 'open' && isSettled(link.status) && link.status !== 'failed'
  if (!isFinal || state.asking || !isAllSent(state)) return keep(state)
  return { state: { ...state, asking: true }, effects: [{ type: 'ask' }] }
}
