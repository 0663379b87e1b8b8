// Wall clocks that are set an hour forward and back again while recorders send: the clock of one server, and the clock of
// the database's machine, by which everybody's life is judged.
import { type Made, WireHttp } from '../../support/wire-client.ts'
import { chunk, noise, streamed, take } from '../../support/wire-frames.ts'
import { fault, type Scene } from '../fault.ts'
import { startDatabaseWith } from '../own-database.ts'
import { type Site, sharedSite } from '../site.ts'
import { FakeClock } from './fake-clock.ts'

/** The grace time many times over, and far less than an hour. */
const PATIENCE_MS = 20_000

type WithClock = Site & {
  readonly clock: FakeClock
  /** Recordings whose recorder is never heard again. */
  readonly abandoned: Made[]
}

async function jumpBothWays({ site, crew }: Scene & { site: WithClock }): Promise<void> {
  const http = new WireHttp(site.url)
  // The last one is backward: whoever was heard before it, or before another one, was heard in a time to come.
  for (const offset of ['+1h', '+0', '-1h', '+0', '-1h']) {
    const made = await http.create()
    site.abandoned.push(made)
    await http.frames(made, streamed(take(0), chunk(0, noise(5000, 1))), { token: made.token })
    await site.clock.jump(offset)
    await crew.untilAcked(5)
  }
}

/** I6, in a time that no clock tells: whoever fell silent before a jump is finalized soon all the same. */
async function stillWaiting({ site }: Scene & { site: WithClock }): Promise<string[]> {
  const http = new WireHttp(site.url)
  const ends = site.abandoned.map((made) =>
    http.untilStatus(made, 'ready', 1, PATIENCE_MS).then(
      () => [],
      (error: unknown) => [`I6: left behind by a jump of the clock: ${String(error)}`],
    ),
  )
  return (await Promise.all(ends)).flat()
}

/** R10: a fence costs whoever lives a restart, and its recorders a connection. */
function fencedAlive({ servers }: Site): string[] {
  return servers
    .filter(({ logs }) => logs.some(({ msg }) => msg.includes('taken for dead')))
    .map(({ url }) => `R10: taken for dead while it lived: ${url}`)
}

export const serverClockJumps = fault<WithClock>({
  name: 'server-clock-jumps',
  title: 'the clock of a server jumps an hour forward and back, and an hour back and forward',
  needs: ['faketime'],
  // Slow enough that a finalization would get through between two chunks.
  load: { everyMs: 300 },
  build: async (ground) => {
    const clock = await FakeClock.make(ground)
    const site = await sharedSite(ground, { env: clock.env })
    return Object.assign(site, { clock, abandoned: [] })
  },
  strike: jumpBothWays,
  also: stillWaiting,
  selfTests: [
    {
      without: 'the database’s clock for signs of life',
      sabotage: {
        breaks: [
          {
            file: 'db/ledger/commit-chunks.ts',
            line: '      last_seen_at = now(), last_chunk_at = now(),',
            instead:
              // biome-ignore lint/suspicious/noTemplateCurlyInString: it is put into a template
              '      last_seen_at = ${new Date().toISOString()}::timestamptz, last_chunk_at = now(),',
          },
          {
            file: 'db/ledger/touch-recordings.ts',
            line: '    await tx.update(recordings).set({ lastSeenAt: sql`now()` }).where(live)',
            instead:
              '    await tx.update(recordings).set({ lastSeenAt: new Date() }).where(live)\n    void sql',
          },
        ],
      },
      finds: /I5: finalized while it lived/,
    },
  ],
})

export const databaseClockJumps = fault<WithClock>({
  name: 'database-clock-jumps',
  title:
    'the clock of the database’s machine jumps an hour forward and back, and an hour back and forward',
  needs: ['root', 'faketime'],
  build: async (ground) => {
    const clock = await FakeClock.make(ground)
    const database = await startDatabaseWith(ground, clock.env)
    // Somebody reconciles all the time, and most of it between the jump and the next heartbeat.
    const env = { HOLDFAST_RECONCILE_MS: '50', HOLDFAST_SWEEP_MS: '1000' }
    const site = await sharedSite(ground, { database, env, instances: 2 })
    return Object.assign(site, { clock, abandoned: [] })
  },
  strike: jumpBothWays,
  also: async (scene) => [...(await stillWaiting(scene)), ...fencedAlive(scene.site)],
  selfTests: [
    {
      without: 'a second look before a process is fenced',
      sabotage: {
        breaks: [
          {
            file: 'server/reconcile/silent-instances.ts',
            line: '  if (deadAfterMs > 0) await untilOthersBeat()',
            instead: '  void untilOthersBeat',
          },
        ],
      },
      finds: /R10: taken for dead while it lived|the server ended|did not get to its end/,
    },
    {
      without: 'telling a time that is still to come',
      sabotage: {
        breaks: [
          {
            file: 'db/ledger/claim-due.ts',
            // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a template
            line: '  return sql`case when ${at} <= now() + ${ms(gapMs)} then ${at} end`',
            instead: '  void gapMs\n  return at',
          },
        ],
      },
      finds: /I6: left behind by a jump/,
    },
  ],
})
