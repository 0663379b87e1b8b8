import type { Db } from '@holdfast/db'
import { expect, it, onTestFinished } from 'vitest'
import type { ChunkStore, StoreHealth } from '../store/chunk-store.ts'
import { Health } from './health.ts'
import { createMetrics } from './metrics.ts'

/** What /metrics says of the disk after a store was asked. */
async function freeAfter(freeBytes: number | null): Promise<string | undefined> {
  const metrics = createMetrics({ version: '0', runtime: 'test' })
  onTestFinished(() => metrics.close())
  const idle = { queuedBytes: 0, openSegments: 0, lastError: null }
  const health: StoreHealth = { state: 'ok', reserve: 'ok', freeBytes, ...idle }
  const store = { health: async () => health } as unknown as ChunkStore
  const db = { execute: async () => [] } as unknown as Db
  const asked = new Health({ db, store, metrics, ffmpeg: 'missing' })
  await asked.check()
  asked.setStopping()
  const lines = (await metrics.registry.metrics()).split('\n')
  return lines.find((line) => line.startsWith('holdfast_disk_free_bytes'))
}

it('tells how much room a disk has', async () => {
  expect(await freeAfter(1234)).toBe('holdfast_disk_free_bytes 1234')
})

it('tells nothing of room that nobody knows, as in a bucket: 0 would call for a person', async () => {
  expect(await freeAfter(null)).toBeUndefined()
})
