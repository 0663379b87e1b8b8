// Owns what goes out on an open connection, and when. It never exceeds the window that WELCOME allows,
// never sends a chunk of a take that is not acknowledged, and never FINISH while a chunk is pending.
import { CHUNK_HEAD_BYTES, hasSeq } from '@holdfast/protocol'
import { hasPending, nextToLoad, pendingRanges } from './chunk-choice.ts'
import {
  type Effect,
  type Env,
  FIRST_ACK_TIMEOUT_MS,
  type Flying,
  type OpenLink,
  type Outgoing,
  type Shelved,
  type Step,
  type TakeUpload,
  type Uploader,
} from './uploader-state.ts'

const MiB = 1024 * 1024
/** Read ahead of the window: bounds the page's memory however much waits on disk. */
const SHELF_CHUNKS = 8
const SHELF_BYTES = 4 * MiB
/** Handed to the transport at once; less while answers are slow, so that a PING is not stuck for long. */
const BURST_BYTES = MiB
const MIN_BURST_BYTES = 64 * 1024
/** With everything sent, a rung without events is asked this often whether the file is final. */
const FINAL_POLL_MS = 1_000

type Draft = { readonly state: Uploader; readonly frames: readonly Outgoing[] }

/** Sends what may be sent now and reads ahead what comes next. */
export function pump(state: Uploader, env: Env): Step {
  const { link } = state
  if (link.at !== 'open') return { state, effects: [] }
  let draft: Draft = { state, frames: [] }
  for (const write of [writeTakes, writeChunks, writeFinish, writePing]) draft = write(draft, env)
  const effects: Effect[] = []
  if (draft.frames.length > 0) effects.push({ type: 'send', conn: link.conn, frames: draft.frames })
  const open = draft.frames.length > 0 ? markSent(draft.state, env) : draft.state
  const read = readAhead(open)
  return { state: read.state, effects: [...effects, ...read.effects] }
}

function markSent(state: Uploader, { now }: Env): Uploader {
  return withOpen(state, (link) => ({
    lastSentAt: now,
    waitingSince: link.waitingSince ?? (isAnswerDue(state, link) ? now : null),
  }))
}

export function withOpen(state: Uploader, change: (link: OpenLink) => Partial<OpenLink>): Uploader {
  const { link } = state
  return link.at === 'open' ? { ...state, link: { ...link, ...change(link) } } : state
}

/** Something was sent that the server must answer. */
export function isAnswerDue(state: Uploader, link: OpenLink): boolean {
  return (
    link.pinged !== null ||
    state.flight.length > 0 ||
    state.finish === 'sent' ||
    state.takes.some((take) => take.announced === 'sent')
  )
}

/** Its TAKE is still to be sent. */
export function isTakeDue(take: TakeUpload): boolean {
  return take.announced === 'no' && (pendingRanges(take).length > 0 || take.captured === 0)
}

function writeTakes({ state, frames }: Draft, { now }: Env): Draft {
  const due = state.takes.filter(isTakeDue)
  if (due.length === 0 || now < state.holdUntil) return { state, frames }
  const takes = state.takes.map((take) =>
    isTakeDue(take) ? { ...take, announced: 'sent' as const } : take,
  )
  const added = due.map(({ take, wire }): Outgoing => ({ kind: 'take', take, wire }))
  return { state: { ...state, takes }, frames: [...frames, ...added] }
}

function writeChunks({ state, frames }: Draft, env: Env): Draft {
  if (env.now < state.holdUntil) return { state, frames }
  const flight = [...state.flight]
  const shelf: Shelved[] = []
  const added: Outgoing[] = []
  let buffered = env.bufferedBytes
  for (const chunk of state.shelf) {
    const take = state.takes.find((one) => one.take === chunk.take)
    const sendable = take?.announced === 'acked' && buffered < burstBytes(state)
    const kind = take && hasSeq(take.have, chunk.seq) ? 'check' : 'chunk'
    if (!take || !sendable || !fits(state, flight, { ...chunk, kind })) {
      shelf.push(chunk)
      continue
    }
    const { wire } = take
    flight.push({ ...chunk, kind, wire, overtakenAt: null })
    added.push({ kind, wire, take: chunk.take, seq: chunk.seq })
    if (kind === 'chunk') buffered += chunk.bytes
  }
  return { state: { ...state, flight, shelf }, frames: [...frames, ...added] }
}

export function burstBytes(state: Uploader): number {
  const share = Math.min(1, FIRST_ACK_TIMEOUT_MS / state.ackTimeoutMs)
  return Math.max(MIN_BURST_BYTES, BURST_BYTES * share)
}

/** Protocol §2 rule 10: unacked CHUNKs and their bytes. A CHECK carries none. */
function fits(
  { limits }: Uploader,
  flight: readonly Flying[],
  chunk: Pick<Flying, 'kind' | 'bytes'>,
): boolean {
  if (chunk.kind === 'check') return flight.length < limits.window * 2
  const chunks = flight.filter((one) => one.kind === 'chunk')
  if (chunks.length === 0) return true
  const bytes = chunks.reduce((sum, one) => sum + one.bytes + CHUNK_HEAD_BYTES, 0)
  const more = chunk.bytes + CHUNK_HEAD_BYTES
  return chunks.length < limits.window && bytes + more <= limits.windowBytes
}

function writeFinish({ state, frames }: Draft): Draft {
  return state.finish === 'no' && !hasPending(state)
    ? sayStop({ state, frames })
    : { state, frames }
}

function sayStop({ state, frames }: Draft): Draft {
  const { stop } = state
  if (stop === null) return { state, frames }
  const takes = finishTotals(state)
  const added: Outgoing = { kind: 'finish', takes, reason: stop }
  return { state: { ...state, finish: 'sent' }, frames: [...frames, added] }
}

/** What FINISH declares: every take that has chunks, and how many. */
export function finishTotals(state: Uploader): { take: number; chunks: number }[] {
  const filled = state.takes.filter((take) => take.captured > 0)
  return filled.map(({ wire, captured }) => ({ take: wire, chunks: captured }))
}

/** When the next PING is due if nothing else is sent before. */
export function pingDueAt(state: Uploader, link: OpenLink): number {
  const polls = link.rung === 'http' && state.finish === 'acked'
  return link.lastSentAt + (polls ? Math.min(FINAL_POLL_MS, state.pingMs) : state.pingMs)
}

function writePing({ state, frames }: Draft, { now }: Env): Draft {
  const { link, again } = state
  if (link.at !== 'open' || link.pinged !== null) return { state, frames }
  const idle = frames.length === 0 && now >= pingDueAt(state, link)
  if (!idle && !again) return { state, frames }
  // A "recording again" of before may arrive behind the stop and revoke it. Whoever waits for the file says stop, not PING:
  // pings would keep alive for ever what nobody records any more.
  if (!again && state.finish === 'acked') return sayStop({ state, frames })
  const pings = (state.pings + 1) % 2 ** 32
  const next = withOpen({ ...state, pings }, () => ({ pinged: again ? 'again' : 'plain' }))
  return { state: next, frames: [...frames, { kind: 'ping', again, seq: pings }] }
}

function readAhead(state: Uploader): Step {
  const room = SHELF_CHUNKS - state.shelf.length - state.loading.length
  const bytes = state.shelf.reduce((sum, chunk) => sum + chunk.bytes, 0)
  const refs = room > 0 && bytes < SHELF_BYTES ? nextToLoad(state, room) : []
  if (refs.length === 0) return { state, effects: [] }
  return {
    state: { ...state, loading: [...state.loading, ...refs] },
    effects: [{ type: 'load', refs }],
  }
}
