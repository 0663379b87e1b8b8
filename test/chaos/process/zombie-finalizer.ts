// A server freezes between its claim and its commit, for longer than its lease. Another one finalizes meanwhile; the
// first one wakes, goes on as if nothing had been, and must lose (I3).
import type { DatabaseClient } from '@holdfast/db'
import type { ServerProcess } from '../../support/server.ts'
import { waitFor } from '../../support/wait-for.ts'
import { WireHttp } from '../../support/wire-client.ts'
import { type Bytes, chunk, finish, noise, streamed, take } from '../../support/wire-frames.ts'
import { fault, type Scene } from '../fault.ts'
import { LEASE_MS, type Site, sharedSite } from '../site.ts'

const PATIENCE = { timeoutMs: 60_000 }

type TwoServers = Site & { readonly zombies: string[] }
type Sql = DatabaseClient['sql']

/** A stopped recording that is due, were it not for a lease that nobody holds. */
async function stoppedAndHeldBack(server: ServerProcess, sql: Sql): Promise<string> {
  const http = new WireHttp(server.url)
  const { id, token } = await http.create()
  const send = (...frames: Bytes[]) => http.frames({ id }, streamed(...frames), { token })
  await send(take(0), chunk(0, noise(5000, 1)))
  await sql`
    update recordings set lease_until = now() + ${LEASE_MS} * interval '1 ms' where id = ${id}`
  await send(finish([1]))
  return id
}

const wake = (server: ServerProcess) => server.isRunning && process.kill(server.pid, 'SIGCONT')

async function untilStatus(sql: Sql, id: string, wanted: string, timeoutMs: number): Promise<void> {
  const isIt = async () => {
    const [row] = await sql`select status from recordings where id = ${id}`
    return row?.status === wanted
  }
  await waitFor(wanted, isIt, { everyMs: 5, timeoutMs })
}

/** One attempt: a moment may be missed on a busy machine. */
async function freezeOnce(heir: ServerProcess, zombie: ServerProcess, sql: Sql): Promise<string> {
  const id = await stoppedAndHeldBack(zombie, sql)
  process.kill(heir.pid, 'SIGSTOP')
  try {
    await sql.begin(async (tx) => {
      // The other server may have been frozen while it held the table.
      await tx`set local lock_timeout = '1s'`
      // The layout reads the takes: from here on a claim is taken and goes no further.
      await tx`lock table takes in access exclusive mode`
      await sql`update recordings set lease_until = null where id = ${id}`
      await untilStatus(sql, id, 'finalizing', 5000)
      process.kill(zombie.pid, 'SIGSTOP')
    })
  } finally {
    wake(heir)
  }
  return id
}

async function freezeBetweenClaimAndCommit({ site, ground }: Scene & { site: TwoServers }) {
  const [heir, zombie] = site.servers
  if (!heir || !zombie) throw new Error('two servers are needed')
  ground.onEnd(() => [heir, zombie].map(wake))
  await site.withLedger(async (sql) => {
    const id = await waitFor('the moment to freeze', () => freezeOnce(heir, zombie, sql), PATIENCE)
    site.zombies.push(id)
    await untilStatus(sql, id, 'ready', PATIENCE.timeoutMs)
    wake(zombie)
  })
}

export const zombieFinalizer = fault<TwoServers>({
  name: 'zombie-finalizer',
  title: 'SIGSTOP of a finalizing server for longer than its lease',
  build: async (ground) => {
    const site = await sharedSite(ground, { instances: 2 })
    return Object.assign(site, { zombies: [] })
  },
  strike: freezeBetweenClaimAndCommit,
  also: async ({ site }) => {
    const [, zombie] = site.servers
    const ended = () =>
      zombie?.logs.find(
        ({ recordingId, msg }) =>
          site.zombies.includes(String(recordingId)) && /finalized/.test(msg),
      )
    const { msg } = await waitFor('the woken server to end its work', ended, PATIENCE)
    return msg.includes('another was quicker') ? [] : [`I3: the woken server said: ${msg}`]
  },
  selfTests: [
    {
      without: 'the fence of the lease epoch',
      sabotage: {
        breaks: [
          {
            file: 'db/ledger/commit-version.ts',
            line: "  return row.status === 'finalizing' && row.leaseEpoch === claim.epoch && row.deletedAt === null",
            instead: '  return row.leaseEpoch >= claim.epoch && row.deletedAt === null',
          },
        ],
      },
      finds: /I3: the woken server said/,
    },
  ],
})
