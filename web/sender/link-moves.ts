// Owns how a connection begins, is lost and is sought again. A lost connection costs nothing but time:
// whatever was in flight is pending again. There is no state in which it stops trying by itself,
// except when the server refuses for good.
import type { ErrorCode, Welcome } from '@holdfast/protocol'
import { backoffCapMs, backoffMs } from '../session/backoff.ts'
import {
  nextRung,
  probeFailed,
  probeOpened,
  probeSoon,
  rungFailed,
  rungGone,
  rungToProbe,
  rungWorked,
  startOver,
} from '../transport/ladder.ts'
import { type Failure, NO_ANSWER, type Rung } from '../transport/transport.ts'
import { isAnswerDue, withOpen } from './pump.ts'
import { type Effect, type Env, rangesOf, type Step, type Uploader } from './uploader-state.ts'

const OPEN_TIMEOUT_MS = 5_000
const OPEN_TIMEOUT_CAP_MS = 30_000
const ACK_TIMEOUT_CAP_MS = 120_000
const OVERTAKEN_TIMEOUTS = 4

/** Answers after which the same bytes, id and token will never be taken. */
const FINAL_CODES: readonly (ErrorCode | null)[] = [
  'recording_deleted',
  'recording_exists',
  'recording_full',
  'token_invalid',
  'version_unsupported',
  'bad_request',
]

/** Goes on where a connection is to be had: create the recording first, then the next rung. */
export function seek(state: Uploader, env: Env): Step {
  if (!state.created) {
    return { state: { ...state, link: { at: 'creating' } }, effects: [{ type: 'create' }] }
  }
  const ladder = nextRung(state.ladder) === null ? startOver(state.ladder) : state.ladder
  return openRung({ ...state, ladder }, nextRung(ladder) ?? ladder.first, env)
}

function openRung(state: Uploader, rung: Rung, { now }: Env): Step {
  const conn = state.conn + 1
  return {
    state: { ...state, conn, link: { at: 'opening', conn, rung, since: now } },
    effects: [{ type: 'connect', conn, rung }],
  }
}

export function createdNow(state: Uploader, env: Env): Step {
  const created = { ...state, created: true }
  return state.link.at === 'creating' ? seek(created, env) : { state: created, effects: [] }
}

export function createFailed(state: Uploader, failure: Failure, env: Env): Step {
  if (state.link.at !== 'creating') return { state, effects: [] }
  return backOff(state, failure, env)
}

/** WELCOME: the connection is open, or the probe found the better rung working again. */
export function welcomed(state: Uploader, conn: number, welcome: Welcome, env: Env): Step {
  const { link, probe } = state
  if (probe?.conn === conn) {
    const old: Effect[] =
      link.at === 'open' || link.at === 'opening' ? [{ type: 'disconnect', conn: link.conn }] : []
    const { rung } = probe
    const next = { ...grounded(state), probe: null, ladder: probeOpened(state.ladder) }
    return {
      state: opened(next, { conn, rung, welcome }, env),
      effects: old,
    }
  }
  if (link.at !== 'opening' || link.conn !== conn) return { state, effects: [] }
  return { state: opened(state, { conn, rung: link.rung, welcome }, env), effects: [] }
}

function opened(
  state: Uploader,
  { conn, rung, welcome }: { conn: number; rung: Rung; welcome: Welcome },
  { now }: Env,
): Uploader {
  const takes = state.takes.map((take) => ({ ...take, have: rangesOf(welcome.have, take.wire) }))
  const { limits, pingMs, graceMs, status } = welcome
  return {
    ...state,
    takes,
    limits,
    pingMs,
    graceMs,
    link: {
      at: 'open',
      conn,
      rung,
      productive: false,
      lastSentAt: now,
      waitingSince: null,
      pinged: null,
      bufferedBytes: 0,
      status,
    },
  }
}

/** Nothing is on its way any more: all of it is pending again. */
function grounded(state: Uploader): Uploader {
  const takes = state.takes.map((take) =>
    take.announced === 'sent' ? { ...take, announced: 'no' as const } : take,
  )
  return { ...state, takes, flight: [], finish: state.finish === 'sent' ? 'no' : state.finish }
}

/** Something came back over the open connection: it works. */
export function heard(state: Uploader, env: Env): Uploader {
  const { link } = state
  if (link.at !== 'open') return state
  const ladder = link.productive ? state.ladder : rungWorked(state.ladder, link.rung, env.now)
  return withOpen({ ...state, ladder, attempt: 0 }, () => ({ productive: true }))
}

/** One of the answers that were due came: the time-out for the others starts anew. */
export function answered(state: Uploader, { now }: Env): Uploader {
  return withOpen(state, (link) => ({ waitingSince: isAnswerDue(state, link) ? now : null }))
}

/** The time-out follows the answers: four times the last wait, within its bounds. */
export function timeoutAfter(state: Uploader, { now }: Env): number {
  const { link, graceMs } = state
  const base = Math.max(3_000, Math.min(8_000, graceMs / 2))
  const since = link.at === 'open' ? (link.waitingSince ?? now) : now
  return Math.max(base, Math.min(ACK_TIMEOUT_CAP_MS, 4 * (now - since)))
}

/** A connection ended, or its opening failed. */
export function lost(state: Uploader, conn: number, failure: Failure, env: Env): Step {
  const { link, probe } = state
  if (probe?.conn === conn) {
    const failed = probeFailed(state.ladder, env.now, env.random)
    const ladder = failure.code === 'not_available' ? rungGone(failed, probe.rung) : failed
    return { state: { ...state, probe: null, ladder }, effects: [] }
  }
  if ((link.at !== 'opening' && link.at !== 'open') || link.conn !== conn) {
    return { state, effects: [] }
  }
  const worked = link.at === 'open' && link.productive
  const ladder = worked ? startOver(state.ladder) : rungFailed(state.ladder, link.rung)
  const down = { ...grounded(state), ladder }
  const triesOther = !worked && failure.code === null && nextRung(ladder) !== null
  return triesOther ? seek(down, env) : backOff(down, failure, env)
}

function backOff(state: Uploader, failure: Failure, env: Env): Step {
  const { code } = failure
  if (code !== null && FINAL_CODES.includes(code)) return halt(state, code)
  const cap = backoffCapMs(state.mode, state.graceMs)
  const pause = Math.max(backoffMs(state.attempt, cap, env.random), failure.retryAfterMs ?? 0)
  const next: Uploader = {
    ...state,
    created: state.created && code !== 'recording_unknown',
    ladder: startOver(state.ladder),
    attempt: state.attempt + 1,
    link: { at: 'waiting', until: env.now + Math.min(pause, cap) },
  }
  return { state: next, effects: code === null ? [] : [{ type: 'error', code, retry: true }] }
}

/** The server refuses for good. Everything here stays here. */
export function halt(state: Uploader, code: ErrorCode): Step {
  const { link, probe } = state
  const open = link.at === 'open' || link.at === 'opening' ? [link.conn] : []
  const conns = probe ? [...open, probe.conn] : open
  return {
    state: { ...grounded(state), link: { at: 'halted', code }, probe: null },
    effects: [
      ...conns.map((conn): Effect => ({ type: 'disconnect', conn })),
      { type: 'error', code, retry: false },
    ],
  }
}

export function openTimeoutMs({ attempt }: Pick<Uploader, 'attempt'>): number {
  return Math.min(OPEN_TIMEOUT_CAP_MS, OPEN_TIMEOUT_MS * 2 ** Math.min(attempt, 4))
}

/** What time alone brings about: a pause is over, an answer is overdue, a probe is due. */
export function passTime(state: Uploader, env: Env): Step {
  const { link, probe } = state
  if (probe && env.now - probe.since >= openTimeoutMs(state)) {
    return giveUpOn(state, probe.conn, env)
  }
  if (link.at === 'waiting')
    return env.now >= link.until ? seek(state, env) : { state, effects: [] }
  if (link.at === 'opening') {
    const isLate = env.now - link.since >= openTimeoutMs(state)
    return isLate ? giveUpOn(state, link.conn, env) : { state, effects: [] }
  }
  if (link.at !== 'open') return { state, effects: [] }
  if (env.now >= (overdueAt(state) ?? Number.POSITIVE_INFINITY)) {
    const ackTimeoutMs = Math.min(ACK_TIMEOUT_CAP_MS, state.ackTimeoutMs * 2)
    return giveUpOn({ ...state, ackTimeoutMs }, link.conn, env)
  }
  return probeIfDue(state, env)
}

/**
 * When the open connection is given up: nothing came back for a time-out, or one answer was left out while
 * those of later chunks came. Null when nothing is due.
 */
export function overdueAt({ link, flight, ackTimeoutMs }: Uploader): number | null {
  if (link.at !== 'open' || link.waitingSince === null) return null
  const overtaken = flight.map(({ overtakenAt }) => overtakenAt ?? Number.POSITIVE_INFINITY)
  const patience = OVERTAKEN_TIMEOUTS * ackTimeoutMs
  return Math.min(link.waitingSince + ackTimeoutMs, Math.min(...overtaken) + patience)
}

function giveUpOn(state: Uploader, conn: number, env: Env): Step {
  const next = lost(state, conn, NO_ANSWER, env)
  return { state: next.state, effects: [{ type: 'disconnect', conn }, ...next.effects] }
}

function probeIfDue(state: Uploader, { now }: Env): Step {
  const { probeAt } = state.ladder
  const rung = rungToProbe(state.ladder)
  if (state.probe || probeAt === null || now < probeAt || !rung) return { state, effects: [] }
  const conn = state.conn + 1
  return {
    state: { ...state, conn, probe: { conn, rung, since: now } },
    effects: [{ type: 'connect', conn, rung }],
  }
}

/** A hint that things may be better now: end the pause, probe, and see whether the connection lives. */
export function nudged(state: Uploader, env: Env): Uploader {
  const { link } = state
  const ladder = probeSoon(state.ladder, env.now)
  if (link.at === 'waiting') return { ...state, ladder, link: { ...link, until: env.now } }
  return withOpen({ ...state, ladder }, () => ({ lastSentAt: Number.NEGATIVE_INFINITY }))
}
