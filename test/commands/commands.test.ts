// The command beside a running server, on the embedded database that the server has, and without it: what it says, what it
// leaves, and how it ends.
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flipBit } from '../support/compaction-site.ts'
import { loadTake } from '../support/corpus.ts'
import { hasFfmpeg } from '../support/ffmpeg.ts'
import { type Ended, runHoldfast } from '../support/holdfast-command.ts'
import { type ServerProcess, startServer } from '../support/server.ts'
import { type Made, WireHttp, WireSocket } from '../support/wire-client.ts'
import { chunk, finish, take } from '../support/wire-frames.ts'

const { slices, mimeType } = loadTake('webm-vp8-opus-ts1000-30s')
const ENV = { HOLDFAST_GRACE_MS: '3600000', HOLDFAST_SWEEP_MS: '200' }

let server: ServerProcess
let folder: string
let http: WireHttp

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-commands-'))
  server = await startServer({ env: ENV, dataDir: join(folder, 'data') })
  http = new WireHttp(server.url)
})
afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

const holdfast = (...args: string[]): Promise<Ended> =>
  runHoldfast(args, { ...ENV, HOLDFAST_DATA_DIR: join(folder, 'data') })

async function said<T = Record<string, unknown>>(...args: string[]): Promise<T> {
  const { stdout, stderr, code } = await holdfast(...args, '--json')
  if (code !== 0) throw new Error(`${args.join(' ')}: ${code} ${stdout}${stderr}`)
  return JSON.parse(stdout) as T
}

async function recorded(count: number, total?: number): Promise<Made> {
  const made = await http.create({ title: 'Kept' })
  const socket = await WireSocket.greet(server.url, made)
  const pieces = slices.slice(0, count).map((slice, seq) => chunk(seq, slice))
  socket.send(take(0, { mimeType }), ...pieces)
  await socket.until('take 0', ...pieces.map((_, seq) => `ack 0/${seq}`))
  if (total !== undefined) {
    socket.send(finish([total]))
    await socket.until('finish')
  }
  socket.close()
  return made
}

/** Chunks of a recording that are not right. The server may come upon one itself, and mark it, at any moment. */
function wrongOf({ stdout }: Ended, { id }: Made): number {
  type Wrong = { recordingId: string; damaged: number; known: number }
  const { wrong } = JSON.parse(stdout) as { wrong: Wrong[] }
  const line = wrong.find(({ recordingId }) => recordingId === id)
  return (line?.damaged ?? 0) + (line?.known ?? 0)
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('beside a running server', () => {
  test('lists, shows and tells the story of a recording', async () => {
    const { id, token } = await recorded(3, 3)
    await http.untilStatus({ id, token }, 'ready')
    const rows = await said<{ id: string; title: string }[]>('list')
    expect(rows.find((row) => row.id === id)).toMatchObject({ title: 'Kept', status: 'ready' })
    expect((await holdfast('list')).stdout).toContain(id)
    const shown = await said<{ story: { what: string }[] }>('show', id.toUpperCase())
    expect(shown.story.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['created', 'take', 'stopped', 'version']),
    )
    expect(JSON.stringify(shown)).not.toContain('tokenHash')
    const text = (await holdfast('show', id)).stdout
    for (const words of ['“Kept”', 'version 1: ready', '3 chunks']) expect(text).toContain(words)
  })

  test('finalizes a recording that is not due yet', async () => {
    const made = await recorded(2)
    expect(await said('finalize', made.id)).toMatchObject({ outcome: 'committed', version: 1 })
    expect((await http.view(made)).body).toMatchObject({ status: 'ready', reason: 'admin' })
  })

  test('exports the very bytes that the server serves, and writes over nothing', async () => {
    const made = await recorded(4, 4)
    await http.untilStatus(made, 'ready')
    const path = join(folder, 'out.webm')
    expect(await said('export', made.id, '-o', path)).toMatchObject({ path })
    expect(sha256(await readFile(path))).toBe(sha256(await http.media(made)))
    await writeFile(path, 'mine')
    expect(await holdfast('export', made.id, '-o', path)).toMatchObject({ code: 2 })
    expect(await readFile(path, 'utf8')).toBe('mine')
  })

  test.skipIf(!hasFfmpeg)('exports an MP4 that must be encoded', { timeout: 60_000 }, async () => {
    const made = await recorded(3, 3)
    await http.untilStatus(made, 'ready')
    const path = join(folder, 'out.mp4')
    expect(await said('export', made.id, '--mp4', '-o', path)).toMatchObject({ type: 'video/mp4' })
    expect((await readFile(path)).subarray(4, 8).toString()).toBe('ftyp')
  })

  test('verifies what is stored, finds a flipped bit, and marks it only when told', async () => {
    const made = await recorded(3)
    expect(await said('verify', made.id)).toMatchObject({ recordings: 1, chunks: 3, wrong: [] })
    const store = join(folder, 'data', 'store', made.id.slice(-2), made.id)
    const { segments } = await said<{ segments: { segment: string }[] }>('show', made.id)
    await flipBit(join(store, segments[0]?.segment ?? ''), (bytes) => bytes - 10)
    const found = await holdfast('verify', '--all', '--json')
    expect(found.code).toBe(1)
    expect(wrongOf(found, made)).toBe(1)
    expect((await holdfast('verify', made.id)).code).toBe(1)
    expect(wrongOf(await holdfast('verify', made.id, '--apply', '--json'), made)).toBe(1)
    const again = await holdfast('verify', made.id, '--json')
    expect(JSON.parse(again.stdout)).toMatchObject({ wrong: [{ damaged: 0, known: 1 }] })
  })

  test('deletes as the API does: gone at once, and its late chunks are told so', async () => {
    const made = await recorded(2)
    expect(await said('delete', made.id)).toMatchObject({ id: made.id })
    expect((await http.view(made)).status).toBe(410)
    expect((await http.put(made, { take: 0, seq: 9 }, new Uint8Array([1]))).status).toBe(410)
    const restored = await http.call('POST', `/api/recordings/${made.id}/restore`)
    expect(restored.status).toBe(200)
  })

  test('reconciles, and finds nothing of the living to do', async () => {
    await recorded(2)
    const { stdout, code } = await holdfast('reconcile', '--apply', '--json')
    const { findings } = JSON.parse(stdout) as { findings: { kind: string; outcome: string }[] }
    expect(findings.filter(({ outcome }) => outcome !== 'mended')).toEqual([])
    expect(code).toBe(0)
  })

  test('is a doctor who finds the server well, and its port taken by it', async () => {
    const port = new URL(server.url).port
    const env = { ...ENV, HOLDFAST_DATA_DIR: join(folder, 'data'), PORT: port }
    const { stdout, code } = await runHoldfast(['doctor', '--json'], env)
    const checks = JSON.parse(stdout) as { what: string; verdict: string; found: string }[]
    expect(checks.filter(({ verdict }) => verdict === 'failure')).toEqual([])
    expect(code).toBe(0)
    expect(checks.find(({ what }) => what === 'database')?.found).toContain('fsync on')
    expect(checks.find(({ what }) => what === 'port')?.found).toContain('Holdfast runs there')
  })
})

describe('what cannot be asked ends with 2 and one line', () => {
  test.each([
    ['an id that is none', ['show', 'x'], 'is not an id'],
    ['a recording that nobody knows', ['show', crypto.randomUUID()], 'recording'],
    ['a status that does not exist', ['list', '--status', 'lost'], '--status'],
    ['nothing to verify', ['verify'], '--all'],
  ])('%s', async (_, args, words) => {
    const { code, stderr, stdout } = await holdfast(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(words)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  test('a folder in which nothing was ever installed, and nothing is made of it', async () => {
    const HOLDFAST_DATA_DIR = join(folder, 'nothing')
    const { code, stderr } = await runHoldfast(['reconcile', '--apply'], { HOLDFAST_DATA_DIR })
    expect(code).toBe(2)
    expect(stderr).toContain('HOLDFAST_DATA_DIR')
    await expect(readFile(HOLDFAST_DATA_DIR)).rejects.toThrow('ENOENT')
  })

  test('a setting that the server would refuse', async () => {
    const { code, stderr } = await runHoldfast(['list'], { HOLDFAST_NO_SUCH_THING: '1' })
    expect(code).toBe(2)
    expect(stderr).toContain('HOLDFAST_NO_SUCH_THING')
  })
})
