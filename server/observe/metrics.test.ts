import { expect, it } from 'vitest'
import { createMetrics } from './metrics.ts'

it('offers the four groups under their names', async () => {
  const metrics = createMetrics({ version: '0', runtime: 'test' })
  metrics.finalized.inc({ status: 'ready', reason: 'stop' })
  metrics.chunkAcked.inc({ transport: 'http' })
  const text = await metrics.registry.metrics()
  metrics.close()
  for (const group of ['auto_finalize', 'grace', 'chunk', 'cleanup']) {
    expect(text).toMatch(new RegExp(`# HELP holdfast_${group}_\\w+`))
  }
  expect(text).toContain('holdfast_chunk_acked_total{transport="http"} 1')
})

it('keeps two servers in one process apart', async () => {
  const [one, other] = [0, 1].map(() => createMetrics({ version: '0', runtime: 'test' }))
  one?.graceExpired.inc()
  expect(await other?.registry.metrics()).toContain('holdfast_grace_expiries_total 0')
  one?.close()
  other?.close()
})
