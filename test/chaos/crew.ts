// The load: scripted recorders on recorded takes, on both rungs, half of them with aligned chunks and half with bytes cut
// anywhere. They record until they are stopped, whatever happens meanwhile.
import { loadWebmTakes, type RecordedTake } from '../support/corpus.ts'
import type { AckedChunk } from '../support/invariants.ts'
import { type RecorderScript, ScriptedRecorder } from '../support/scripted-recorder.ts'
import { alignSlices } from '../support/take-pipeline.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireHttp } from '../support/wire-client.ts'

export type Load = {
  recorders: number
  /** Between two chunks of one recorder. */
  everyMs: number
  /** They can be asked again for what was acked. @default false */
  keepsAcked?: boolean
}

/** Lasts longer than any fault at the usual pace; then a recorder only pings. */
const CHUNKS = 400

export type Member = {
  readonly recorder: ScriptedRecorder
  readonly mimeType: string
  readonly init: Uint8Array | null
}

type Cut = Pick<RecorderScript, 'init' | 'chunks'>

function aligned(take: RecordedTake): Cut {
  const { init, chunks } = alignSlices(take.slices, Math.ceil(take.joined.length / CHUNKS))
  return { init, chunks: chunks.map(({ bytes }) => bytes) }
}

function cutAnywhere({ joined }: RecordedTake, random: () => number): Cut {
  const chunks: Uint8Array[] = []
  for (let at = 0; at < joined.length; ) {
    const to = at + 1 + Math.floor((random() * 2 * joined.length) / CHUNKS)
    chunks.push(joined.slice(at, to))
    at = to
  }
  return { init: null, chunks }
}

export class Crew {
  readonly members: readonly Member[]
  readonly #outcomes: Promise<PromiseSettledResult<void>[]>
  readonly #giveUp: AbortController

  private constructor(members: readonly Member[], giveUp: AbortController) {
    this.members = members
    this.#giveUp = giveUp
    this.#outcomes = Promise.allSettled(members.map(({ recorder }) => recorder.run()))
  }

  /** Resolves when all have their recordings and have begun. */
  static async hire(url: string, load: Load, random: () => number): Promise<Crew> {
    const takes = loadWebmTakes().filter(({ joined }) => joined.length > 50_000)
    const http = new WireHttp(url)
    const giveUp = new AbortController()
    const members: Member[] = []
    for (let i = 0; i < load.recorders; i++) {
      const take = takes[i % takes.length]
      if (!take) throw new Error('no takes')
      const cut = i % 4 < 2 ? aligned(take) : cutAnywhere(take, random)
      const rung = i % 2 === 0 ? ('websocket' as const) : ('http' as const)
      const { mimeType } = take
      const { everyMs, keepsAcked = false } = load
      const pace = { everyMs, keepsAcked, goesOn: true, random, signal: giveUp.signal }
      const recorder = new ScriptedRecorder(
        { url, rung, mimeType, ...cut, ...pace },
        await http.create(),
      )
      members.push({ recorder, mimeType, init: cut.init })
    }
    return new Crew(members, giveUp)
  }

  get acked(): AckedChunk[] {
    return this.members.flatMap(({ recorder }) => recorder.acked)
  }

  get interruptions(): number {
    return this.members.reduce((sum, { recorder }) => sum + recorder.interruptions, 0)
  }

  /** Waits until each has `more` acks than now. */
  async untilAcked(more: number, timeoutMs = 30_000): Promise<void> {
    const goals = this.members.map(({ recorder }) => recorder.acked.length + more)
    const isThere = () =>
      this.members.every(({ recorder }, i) => recorder.acked.length >= (goals[i] ?? 0))
    await waitFor(`${more} more acks of each recorder`, isThere, { timeoutMs, everyMs: 10 })
  }

  /** Milliseconds from `since` until each had an ack again. */
  async recovery(since: number, timeoutMs: number): Promise<number> {
    const isThere = () => this.members.every(({ recorder }) => recorder.lastAckAt > since)
    await waitFor('an ack of each recorder after the fault', isThere, { timeoutMs, everyMs: 10 })
    return performance.now() - since
  }

  /** Stops all; resolves with what went wrong when the last has its FINISH acked, or has given up. */
  async stop(timeoutMs: number): Promise<string[]> {
    for (const { recorder } of this.members) recorder.stop()
    const timer = setTimeout(
      () => this.#giveUp.abort(new Error('did not get to its end')),
      timeoutMs,
    )
    const outcomes = await this.#outcomes
    clearTimeout(timer)
    return outcomes.flatMap((outcome, i) =>
      outcome.status === 'fulfilled'
        ? []
        : [`I9: recorder ${i} (${this.members[i]?.recorder.rung}): ${String(outcome.reason)}`],
    )
  }

  /** Ends all at once. */
  async giveUp(): Promise<void> {
    this.#giveUp.abort(new Error('the run ended'))
    await this.#outcomes
  }
}
