// One client's conversation about one recording: the only place that decides an ack. Fed by every
// transport, which only moves frames; it never touches a connection.
//
//   HELLO ─▶ admitted ─▶ { TAKE · CHUNK · CHECK · PING · FINISH }* ─▶ end
//
// Chunks run side by side; a TAKE holds back the chunks after it; a FINISH, and a PING that revokes one,
// wait for everything before them.
import { findChunk, readHave } from '@holdfast/db'
import {
  CHUNK_HEAD_BYTES,
  ERRORS,
  type ErrorCode,
  FLAG,
  FRAME,
  type Frame,
  type Hello,
  HoldfastError,
  readCheck,
  readHello,
  readJson,
  readTake,
  type Take,
} from '@holdfast/protocol'
import { capRanges, RANGES_TO_READ } from './capped-ranges.ts'
import type { ChunkVerdict, Transport } from './chunk-intake.ts'
import type { IngestDeps } from './deps.ts'
import { finishRecording, readFinishFrame, reviveRecording } from './finish.ts'
import type { LiveRecording } from './live-recording.ts'
import type { Replies } from './replies.ts'
import { storeTake } from './store-take.ts'

type SessionOptions = {
  deps: IngestDeps
  recordingId: string
  /** From the Authorization header; HELLO may carry it instead. */
  token: string | null
  transport: Transport
  replies: Replies
}

export class Session {
  readonly #options: SessionOptions
  #live: LiveRecording | null = null
  /** Everything received and not yet answered. */
  readonly #running = new Set<Promise<void>>()
  /** Of these, what came since the last turn began: each turn waits for its own and for the turn before. */
  #sinceTurn = new Set<Promise<void>>()
  /** TAKEs on their way: the chunks behind them wait. */
  readonly #takes = new Map<number, Promise<void>>()
  /** FINISH and revoking PINGs take turns, in the order in which they came. */
  #turn: Promise<void> = Promise.resolve()

  constructor(options: SessionOptions) {
    this.#options = options
  }

  /** The recording, once HELLO or the header's token was accepted. */
  get live(): LiveRecording | null {
    return this.#live
  }

  /**
   * Admits the client without a HELLO: the header has the token.
   * @throws HoldfastError `token_invalid`, `recording_unknown`, `recording_deleted`, `unavailable`
   */
  async admit(token: string | null): Promise<LiveRecording> {
    const { deps, recordingId } = this.#options
    const live = await deps.admission.enter(recordingId, token)
    this.#live = live
    deps.signs.mark(recordingId)
    return live
  }

  /**
   * Answers HELLO with WELCOME.
   * @throws HoldfastError as `admit`, `bad_frame`, `version_unsupported`
   */
  async hello(value: Frame): Promise<void> {
    const { deps, transport } = this.#options
    if (value.type !== FRAME.HELLO) throw badFrame('The first frame must be HELLO.')
    const hello: Hello = readHello(readJson(value))
    if (hello.recording !== this.#options.recordingId) {
      throw badFrame('The HELLO names another recording than the path.')
    }
    const live = this.#live ?? (await this.admit(hello.token ?? this.#options.token))
    if (transport === 'websocket' || transport === 'webtransport') deps.onReturn(live.row)
    await this.#welcome(live)
  }

  async #welcome(live: LiveRecording): Promise<void> {
    const { deps, replies } = this.#options
    const { ranges: have, ...more } = capRanges(await readHave(deps.db, live.id, RANGES_TO_READ))
    const { status, version } = live.row
    const { limits, pingMs, graceMs } = deps
    replies.welcome({ status, version, have, ...more, limits, pingMs, graceMs })
  }

  /**
   * Takes one frame after the HELLO. Returns at once; the promise resolves when it is answered.
   * @throws HoldfastError `bad_frame` for a frame that ends the connection
   */
  receive(value: Frame): Promise<void> {
    const live = this.#live
    if (!live) throw badFrame('The first frame must be HELLO.')
    this.#options.deps.signs.mark(live.id)
    return this.#track(this.#dispatch(live, value))
  }

  /** Resolves when everything received so far is answered. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running)
  }

  /** Gives the recording back; the session must not be used afterwards. */
  async end(): Promise<void> {
    await this.settled()
    if (this.#live) this.#options.deps.admission.leave(this.#live)
    this.#live = null
  }

  #track(work: Promise<void>): Promise<void> {
    const sets = [this.#running, this.#sinceTurn]
    for (const set of sets) set.add(work)
    const forget = () => {
      for (const set of sets) set.delete(work)
    }
    work.then(forget, forget)
    return work
  }

  #dispatch(live: LiveRecording, value: Frame): Promise<void> {
    switch (value.type) {
      case FRAME.CHUNK:
        return this.#chunk(live, value)
      case FRAME.TAKE:
        return this.#take(live, value)
      case FRAME.CHECK:
        return this.#check(live, value)
      case FRAME.PING:
        return this.#ping(live, value)
      case FRAME.FINISH:
        return this.#finish(live, value)
      default:
        throw badFrame(`Frames of type ${value.type} are not taken here.`)
    }
  }

  async #chunk(live: LiveRecording, value: Frame): Promise<void> {
    const { deps, transport, replies } = this.#options
    const { take, seq } = value
    const startedAt = performance.now()
    // A TAKE that failed was answered itself; the chunk then finds no take.
    await this.#takes.get(take)
    const verdict = await deps.intake.take(live, value, transport)
    const bytes = Math.max(0, value.payload.length - CHUNK_HEAD_BYTES)
    deps.onVerdict(verdict, { transport, bytes, ms: performance.now() - startedAt })
    if (isAcked(verdict)) replies.ack('chunk', take, seq)
    else this.#refuse(value, verdict.refused)
  }

  async #take(live: LiveRecording, value: Frame): Promise<void> {
    const announced: Take = readTake(readJson(value))
    const before = this.#takes.get(value.take) ?? Promise.resolve()
    const work = before.then(() => this.#storeTake(live, value, announced))
    this.#takes.set(value.take, work)
    await work
    if (this.#takes.get(value.take) === work) this.#takes.delete(value.take)
  }

  async #storeTake(live: LiveRecording, value: Frame, announced: Take): Promise<void> {
    const refused = await storeTake(this.#options.deps, { live, value, announced })
    if (refused) this.#refuse(value, refused)
    else this.#options.replies.ack('take', value.take, value.seq)
  }

  async #check(live: LiveRecording, value: Frame): Promise<void> {
    const sha256 = readCheck(value)
    const { take, seq } = value
    const { deps, replies } = this.#options
    const found = await orUnavailable(
      findChunk(deps.db, { recordingId: live.id, take, seq, sha256 }),
    )
    if (found === 'same') replies.ack('chunk', take, seq)
    else this.#refuse(value, found === 'unavailable' ? 'unavailable' : 'not_stored')
  }

  async #ping(live: LiveRecording, value: Frame): Promise<void> {
    const { deps, replies } = this.#options
    const revokes = (value.flags & FLAG.recordingAgain) !== 0
    if (revokes) await this.#afterAll(() => reviveRecording(deps, live))
    replies.pong(value.seq)
  }

  async #finish(live: LiveRecording, value: Frame): Promise<void> {
    const { deps, replies } = this.#options
    const finish = readFinishFrame(value)
    await this.#afterAll(async () => {
      const finished = await finishRecording(deps, live, finish)
      replies.ack('finish', 0, 0)
      for (const event of finished.events) replies.event(event)
    })
  }

  /** Runs `work` when everything received before it is answered, in turn with its like. */
  async #afterAll(work: () => Promise<void>): Promise<void> {
    const before = this.#sinceTurn
    this.#sinceTurn = new Set()
    const turn = this.#turn.then(async () => {
      await Promise.allSettled(before)
      await work()
    })
    this.#turn = turn.catch(() => undefined)
    await turn
  }

  #refuse({ take, seq }: Frame, code: ErrorCode): void {
    const { message, retry } = ERRORS[code]
    this.#options.replies.nack(take, seq, { code, message, retry })
  }
}

function isAcked(verdict: ChunkVerdict): verdict is 'stored' | 'duplicate' {
  return typeof verdict === 'string'
}

function badFrame(message: string): HoldfastError {
  return new HoldfastError('bad_frame', { message })
}

async function orUnavailable<T>(work: Promise<T>): Promise<T | 'unavailable'> {
  return await work.catch(() => 'unavailable' as const)
}
