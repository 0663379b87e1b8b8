import { expect, it } from 'vitest'
import type { RecordingInfo } from './recordings-client.ts'
import { mergeRows, withoutRow } from './rows.ts'

const row = (id: string, createdAt: string, version = 0): RecordingInfo => ({
  id,
  createdAt,
  startedAt: null,
  version,
  generation: version,
  status: 'ready',
  reason: 'stop',
  title: null,
  durationMs: 1,
  bytes: 1,
  mediaUrl: null,
})

it('keeps the newest first, wherever a recording comes in', () => {
  const rows = mergeRows([row('a', '2026-01-02')], [row('b', '2026-01-03'), row('c', '2026-01-01')])
  expect(rows.map(({ id }) => id)).toEqual(['b', 'a', 'c'])
})

it('shows each recording once, with its latest word', () => {
  const rows = mergeRows([row('a', '2026-01-02', 1)], [row('a', '2026-01-02', 2)])
  expect(rows).toEqual([row('a', '2026-01-02', 2)])
})

it('ignores an answer that a newer version has overtaken', () => {
  const rows = mergeRows([row('a', '2026-01-02', 2)], [row('a', '2026-01-02', 1)])
  expect(rows[0]?.version).toBe(2)
})

it('forgets a deleted one', () => {
  expect(withoutRow([row('a', '2026-01-02')], 'a')).toEqual([])
})

const takes = [
  { take: 0, mimeType: 'video/webm', startedAt: '2026-01-02', bytes: 1, mediaUrl: '/media' },
]

it('keeps what the list leaves out while nothing more was stored, and forgets it after', () => {
  const known = { ...row('a', '2026-01-02', 2), takes }
  const [same] = mergeRows([known], [row('a', '2026-01-02', 2)])
  expect(same?.takes).toEqual(takes)
  const [grown] = mergeRows([known], [row('a', '2026-01-02', 3)])
  expect(grown?.takes).toBeUndefined()
})
