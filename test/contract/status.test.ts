// What operators see: what is recorded now, what failed and why, and curves that were really counted, over all instances.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { startServer } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireBed } from '../support/wire-bed.ts'
import { bearer } from '../support/wire-client.ts'
import { chunk, take } from '../support/wire-frames.ts'

const { slices } = loadTake('webm-vp8-opus-ts1000-30s')

type Status = {
  live: number
  failed: number
  instances: { incarnation: string }[]
  failedRecordings: { id: string; lastError: string }[]
  readiness: { ready: boolean }
  disk: { freeBytes: number }
  steps: { acked: number; bytes: number; recorders: number; ackP99Ms: number | null }[]
}

let bed: WireBed
beforeAll(async () => {
  bed = await WireBed.start('bun', { HOLDFAST_GRACE_MS: '60000' })
})
afterAll(() => bed.stop())

const status = async (query = '') => {
  const { body } = await bed.http.call<Status>('GET', `/api/status${query}`)
  return body
}

test('tells of live recordings, instances and the disk', async () => {
  const made = await bed.http.create()
  const socket = await bed.greet(made)
  const bytes = slices[0] ?? new Uint8Array(0)
  socket.send(take(0), chunk(0, bytes))
  await socket.until('ack 0/0')
  const now = await status()
  expect(now.live).toBeGreaterThanOrEqual(1)
  expect(now.readiness.ready).toBe(true)
  expect(now.disk.freeBytes).toBeGreaterThan(0)
  expect(now.instances).toHaveLength(bed.fleet?.servers.length ?? 1)
})

test('has curves of what was acked, which a restart does not break', {
  timeout: 60_000,
}, async () => {
  const acked = async () => (await status()).steps.reduce((sum, step) => sum + step.acked, 0)
  await waitFor('the first sample', async () => (await acked()) >= 1, { timeoutMs: 40_000 })
  const { steps } = await status('?hours=24')
  expect(steps.at(-1)?.bytes).toBeGreaterThanOrEqual((slices[0] ?? []).length)
  expect(Math.max(...steps.map(({ ackP99Ms }) => ackP99Ms ?? 0))).toBeGreaterThan(0)
  await bed.server.restart()
  expect(await acked()).toBe(1)
})

test('lists what failed, with the reason', async () => {
  const made = await bed.http.create()
  await bed.sql`
    update recordings set status = 'failed', last_error = 'the disk is gone', attempts = 3,
      next_attempt_at = now() + interval '1 hour' where id = ${made.id}`
  const { failed, failedRecordings } = await status()
  expect(failed).toBe(1)
  expect(failedRecordings).toMatchObject([{ id: made.id, lastError: 'the disk is gone' }])
})

test('is for the admin', async () => {
  const keys = { HOLDFAST_ADMIN_KEY: 'an-admin-key', HOLDFAST_API_KEYS: 'a-key' }
  const { dataDir } = bed.server
  const server = await startServer({ dataDir, env: { DATABASE_URL: bed.databaseUrl, ...keys } })
  try {
    const ask = async (key: string | null) =>
      (await fetch(`${server.url}/api/status`, { headers: bearer(key) })).status
    expect([await ask(null), await ask('a-key'), await ask('an-admin-key')]).toEqual([
      401, 403, 200,
    ])
    expect(
      (await fetch(`${server.url}/api/status?hours=0`, { headers: bearer('an-admin-key') })).status,
    ).toBe(400)
  } finally {
    await server.stop()
  }
})
