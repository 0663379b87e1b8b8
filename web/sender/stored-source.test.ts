// The creation of a recording where the app's own code fails, and where a chunk is read from.
import { afterEach, expect, it, vi } from 'vitest'
import type { RecordingRow } from '../buffer/rows.ts'
import { LocalCopy } from '../session/local-copy.ts'
import type { Auth } from '../session/recording.ts'
import { StoredSource } from './stored-source.ts'

const ROW: RecordingRow = {
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  token: 't'.repeat(32),
  server: 'https://example.com',
  title: null,
  metadata: null,
  bearer: 'stored',
  createdAt: '2026-01-02T03:04:05.678Z',
  created: false,
  ended: null,
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** The bearer of the POST that `create` makes. */
async function bearerWith(auth: Auth): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>()
  vi.stubGlobal('fetch', (_url: URL, { headers }: RequestInit) => {
    resolve(new Headers(headers).get('Authorization'))
    return Promise.resolve(new Response('{}', { status: 201 }))
  })
  const created = new StoredSource(new LocalCopy(ROW, auth)).create()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(await created).toBeNull()
  return await promise
}

it('creates the recording with the stored bearer when the app’s own function throws, rejects or hangs', async () => {
  vi.useFakeTimers()
  const throws = () => {
    throw new Error('signed out')
  }
  expect(await bearerWith(throws)).toBe('Bearer stored')
  expect(await bearerWith(() => Promise.reject(new Error('offline')))).toBe('Bearer stored')
  expect(await bearerWith(() => new Promise(() => undefined))).toBe('Bearer stored')
})

it('gives out what was just stored without reading it back, once', async () => {
  const copy = new LocalCopy(ROW)
  const rest = { aligned: true, clusterMs: null, endMs: null }
  const chunk = { ...rest, bytes: new ArrayBuffer(1), sha256: new Uint8Array(32) }
  copy.noteStored({ take: 0, seq: 7, chunk })
  const source = new StoredSource(copy)
  expect(await source.readChunk({ take: 0, seq: 7 })).toBe(chunk)
  // Here is no IndexedDB: whatever is read from the disk throws.
  await expect(source.readChunk({ take: 0, seq: 7 })).rejects.toThrow()
})
