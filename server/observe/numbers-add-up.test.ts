// I14 on the real process: what /metrics counted is what the ledger holds.
import { randomUUID } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { type ServerProcess, startServer } from '../../test/support/server.ts'

const TOKEN = 'a-token-that-only-this-test-knows'
const headers = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'video/webm' }

/** A counter over all its labels. */
async function counted(server: ServerProcess, name: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  const samples = [...text.matchAll(new RegExp(`^holdfast_${name}(?:\\{.*\\})? (\\d+)$`, 'gm'))]
  return samples.reduce((sum, [, value]) => sum + Number(value), 0)
}

async function create(server: ServerProcess): Promise<string> {
  const id = randomUUID()
  const body = JSON.stringify({ id, token: TOKEN })
  const answer = await fetch(`${server.url}/api/recordings`, { method: 'POST', body })
  expect(answer.status).toBe(201)
  return id
}

async function put(server: ServerProcess, path: string, body: string): Promise<number> {
  const url = `${server.url}/api/recordings/${path}`
  return (await fetch(url, { method: 'PUT', headers, body })).status
}

async function chunksOf(server: ServerProcess, id: string): Promise<number> {
  const answer = await fetch(`${server.url}/api/recordings/${id}`)
  return ((await answer.json()) as { chunks: number }).chunks
}

test('I14: acks are new rows and repeats, new rows are what the ledger holds', async () => {
  const server = await startServer()
  onTestFinished(() => server.stop())
  const ids = [await create(server), await create(server)]
  for (const id of ids) {
    for (let seq = 0; seq < 5; seq += 1) {
      expect(await put(server, `${id}/chunks/0/${seq}`, `chunk ${seq}`)).toBe(201)
    }
    expect(await put(server, `${id}/chunks/0/3`, 'chunk 3')).toBe(200)
    expect(await put(server, `${id}/chunks/0/4`, 'another chunk 4')).toBe(409)
  }
  const chunks = await Promise.all(ids.map((id) => chunksOf(server, id)))
  expect(await counted(server, 'chunk_stored_total')).toBe(10)
  expect(chunks).toEqual([5, 5])
  expect(await counted(server, 'chunk_duplicates_total')).toBe(2)
  expect(await counted(server, 'chunk_acked_total')).toBe(12)
  expect(await counted(server, 'chunk_conflicts_total')).toBe(2)
  expect(await counted(server, 'chunk_received_total')).toBe(14)
})
