// Lines of the product that more than one self-test takes away.
import type { Break } from '../support/server.ts'
import type { SelfTest } from './fault.ts'

/** R7: the ack waits for the COMMIT. */
const ACK_BEFORE_COMMIT: Break = {
  file: 'server/ingest/chunk-intake.ts',
  line: '    const outcome = await batcher.add({ ...row, ...at })',
  instead: `    setTimeout(() => batcher.add({ ...row, ...at }).catch(() => undefined), 500)
    const outcome: ChunkOutcome = 'stored'`,
}

/** Whoever kills a server finds that. */
export const WITHOUT_COMMIT: SelfTest = {
  without: 'waiting for the COMMIT before the ack',
  sabotage: { breaks: [ACK_BEFORE_COMMIT] },
  finds: /I1: acked and lost/,
}

/** R8: what could not be written is refused. */
export const ACK_WHAT_FAILED: Break = {
  file: 'server/store/appender.ts',
  line: '      for (const waiting of batch) waiting.reject(error)',
  instead:
    "      for (const { resolve } of batch) resolve({ segment: 'lost-0.seg', offset: performance.now() | 0 })",
}

/** A database that may lose what it committed is refused at the start. */
export const TAKE_ANY_DATABASE: Break = {
  file: 'server/database.ts',
  line: '    await refuseUnsafe(client)\n',
  instead: '    void refuseUnsafe\n',
}

/** I5: an outage of ours ends now, and grace counts from there. */
export const NO_OUTAGE: readonly Break[] = [
  {
    file: 'db/ledger/beat.ts',
    line: '          then up_since else now() end',
    instead: 'then up_since else up_since end',
  },
  {
    file: 'server/finalize/sweeper.ts',
    line: '    const graceMs = (await this.#mayJudgeSilence()) ? timing.graceMs : NEVER_MS',
    instead:
      '    void this.#mayJudgeSilence\n    const graceMs = Math.min(timing.graceMs, NEVER_MS)',
  },
  {
    file: 'server/finalize/sweeper.ts',
    line: '    await flushSignsOfLife()\n',
    instead: '    void flushSignsOfLife\n',
  },
  {
    file: 'db/ledger/commit-version.ts',
    line: '    if (!(await isStillDue(tx, row.id, commit))) return await release(tx, row)',
    instead: '    void isStillDue',
  },
]

/** Recorders are heard a second later, as on a slow line: what lay in the server's buffers cannot save them. */
export const HEARD_LATE: Break = {
  file: 'server/ingest/chunk-intake.ts',
  line: '    const early = this.#checkBytes(chunk)',
  instead: `    await new Promise((resolve) => setTimeout(resolve, 1000))
    const early = this.#checkBytes(chunk)`,
}

/** What arrived and is not durable yet is bounded. */
export const HOLD_ANYTHING: readonly Break[] = [
  {
    file: 'server/ingest/index.ts',
    line: 'const MAX_HELD_BYTES = 256 * 1024 * 1024',
    instead: 'const MAX_HELD_BYTES = 2 ** 40',
  },
  {
    file: 'server/store/frame-intake.ts',
    line: '    this.#budget = new ByteBudget(maxQueuedBytes ?? 256 * MiB)',
    instead: '    this.#budget = new ByteBudget(maxQueuedBytes ?? 2 ** 20 * MiB)',
  },
]
