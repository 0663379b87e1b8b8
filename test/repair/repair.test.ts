// `holdfast repair` as a person calls it: on folders and files as other recorders left them.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { hasFfmpeg, packetHashes, probe, shownPackets } from '../support/ffmpeg.ts'

const PROGRAM = join(import.meta.dirname, '../../scripts/cli/holdfast.ts')
const audio = loadTake('audio-webm-opus-ts1000-20s')
const camera = loadTake('webm-vp8-opus-ts100-8s')
const short = loadTake('webm-vp8-opus-requestdata-6s')
const mp4 = loadTake('audio-mp4-opus-ts1000-12s')

type Take = { written: string | null; durationMs: number | null; gaps: object[]; container: string }
type Report = {
  name: string
  missing: number[][]
  isTextOrderWrong: boolean
  takes: (Take & { hasForeignHeader: boolean })[]
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-repair-'))
  await mkdir(join(folder, 'in'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const put = (name: string, bytes: Uint8Array | string) => writeFile(join(folder, 'in', name), bytes)

async function putSlices(slices: readonly Uint8Array[], nameOf: (n: number) => string) {
  for (const [n, slice] of slices.entries()) await put(nameOf(n), slice)
}

/** Calls it and makes sure that nothing that was there is another. */
function call(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const options = { cwd: folder, maxBuffer: 1 << 24 }
    execFile(process.execPath, [PROGRAM, 'repair', ...args], options, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err })
    })
  })
}

async function hashesIn(path: string): Promise<Record<string, string>> {
  const names = (await readdir(path)).toSorted()
  const entries = names.map(async (name) => {
    const bytes = await readFile(join(path, name))
    return [name, createHash('sha256').update(bytes).digest('hex')]
  })
  return Object.fromEntries(await Promise.all(entries))
}

async function repair(...args: string[]): Promise<Report[]> {
  const before = await hashesIn(join(folder, 'in'))
  const { out, err } = await call('--json', ...args)
  if (out === '') throw new Error(err)
  expect(await hashesIn(join(folder, 'in'))).toMatchObject(before)
  return JSON.parse(out)
}

async function onlyTake(...args: string[]): Promise<Take & { path: string }> {
  const [report] = await repair(...args)
  const take = report?.takes[0]
  if (!take?.written) throw new Error(JSON.stringify(report))
  return { ...take, path: take.written }
}

async function joinedFile(bytes: Uint8Array): Promise<string> {
  const path = join(folder, 'joined.webm')
  await writeFile(path, bytes)
  return path
}

describe.skipIf(!hasFfmpeg)('what it writes', () => {
  test('a folder that text sorts wrongly becomes the file that its slices are', async () => {
    await putSlices(camera.slices, (n) => `chunk-${n}.webm`)
    const [report] = await repair('in')
    expect(report).toMatchObject({ isTextOrderWrong: true, missing: [], name: 'chunk' })
    const path = join(folder, 'in.repaired.webm')
    expect(report?.takes[0]).toMatchObject({ written: path, gaps: [] })
    expect(await packetHashes(path)).toEqual(await packetHashes(await joinedFile(camera.joined)))
    const { durationMs, warnings } = await probe(path)
    expect(warnings).toBe('')
    expect(Math.abs(durationMs - (report?.takes[0]?.durationMs ?? 0))).toBeLessThan(2)
  })

  test('a first file of one byte belongs to the beginning', async () => {
    const { joined } = audio
    await putSlices(
      [joined.slice(0, 1), joined.slice(1, 9000), joined.slice(9000)],
      (n) => `blob${n}`,
    )
    const { path } = await onlyTake('in')
    expect(await packetHashes(path)).toEqual(await packetHashes(await joinedFile(joined)))
  })

  test('a file that is missing leaves a gap, and what follows keeps its time', async () => {
    await putSlices(audio.slices, (n) => `a${String(n).padStart(3, '0')}.webm`)
    await rm(join(folder, 'in', 'a007.webm'))
    const [report] = await repair('in')
    expect(report?.missing).toEqual([[7, 7]])
    const take = report?.takes[0]
    expect(take?.gaps).toHaveLength(1)
    const [kept = []] = await shownPackets(take?.written ?? '', 'matroska')
    const [all = []] = await shownPackets(await joinedFile(audio.joined), 'matroska')
    const times = new Map(all.map(({ ms, what }) => [ms, what]))
    expect(kept.every(({ ms, what }) => times.get(ms) === what)).toBe(true)
    expect(kept.length).toBeGreaterThan(all.length * 0.93)
    expect(kept.at(-1)).toEqual(all.at(-1))
  })

  test('one file, cut off and with rubbish inside, plays with what is left of it', async () => {
    const broken = new Uint8Array(camera.joined.subarray(0, -1000))
    broken.fill(0x5a, 60_000, 60_400)
    await put('interview.webm', broken)
    const { path, durationMs } = await onlyTake('in/interview.webm')
    expect(path).toBe(join('in', 'interview.repaired.webm'))
    const probed = await probe(join(folder, path))
    expect(Math.abs(probed.durationMs - (durationMs ?? 0))).toBeLessThan(2)
    const [first = []] = await shownPackets(join(folder, path), 'matroska')
    const [whole = []] = await shownPackets(await joinedFile(camera.joined), 'matroska')
    expect(first.length).toBeGreaterThan(whole.length * 0.5)
  })

  test('a recorder that was started twice gives two files', async () => {
    await putSlices([...short.slices, ...audio.slices], (n) => `chunk_${n}.webm`)
    const [report] = await repair('in')
    expect(report?.takes.map(({ written }) => written)).toEqual([
      join(folder, 'in-take1.repaired.webm'),
      join(folder, 'in-take2.repaired.webm'),
    ])
    const second = report?.takes[1]?.written ?? ''
    expect(await packetHashes(second)).toEqual(await packetHashes(await joinedFile(audio.joined)))
  })

  test('a take that lost its beginning borrows the header of another', async () => {
    await putSlices(audio.slices.slice(3), (n) => `late-${n + 3}.webm`)
    await putSlices(audio.slices.slice(0, 3), (n) => `other-${n}.webm`)
    const reports = await repair('in')
    const late = reports.find(({ name }) => name === 'late')
    expect(late?.takes[0]).toMatchObject({ hasForeignHeader: true, container: 'webm' })
    const [kept = []] = await shownPackets(late?.takes[0]?.written ?? '', 'matroska')
    expect(kept.length).toBeGreaterThan(280)
  })

  test('fragmented MP4 becomes an MP4 that knows its length', async () => {
    await putSlices(mp4.slices, (n) => `part (${n}).mp4`)
    const { path, durationMs } = await onlyTake('in')
    expect(path).toMatch(/in\.repaired\.mp4$/)
    const probed = await probe(path, 'mp4')
    expect(probed.warnings).toBe('')
    expect(Math.abs(probed.durationMs - (durationMs ?? 0))).toBeLessThan(50)
  })
})

test('what it wrote before is neither overwritten nor taken for a piece', async () => {
  await putSlices(audio.slices, (n) => `chunk-${n}.webm`)
  const first = await onlyTake('in')
  const before = await readFile(first.path)
  const second = await onlyTake('in')
  expect(second.path).toBe(join(folder, 'in.repaired-2.webm'))
  expect((await readFile(first.path)).equals(before)).toBe(true)
  expect((await readFile(second.path)).equals(before)).toBe(true)
  expect((await readdir(folder)).toSorted()).toEqual([
    'in',
    'in.repaired-2.webm',
    'in.repaired.webm',
  ])
})

test('it says in words what it found, and exits 0', async () => {
  await putSlices(audio.slices, (n) => `chunk-${n}.webm`)
  await rm(join(folder, 'in', 'chunk-4.webm'))
  const { code, out } = await call('in')
  expect(code).toBe(0)
  expect(out).toContain('missing: 4')
  expect(out).toMatch(/nothing from 4\.\d s to 5\.\d s/)
  expect(out).toContain('in.repaired.webm')
})

test('bytes that are no media are left alone, with exit code 1', async () => {
  await put('notes.txt', '#EXTM3U\nfile:///etc/passwd\n')
  const { code, out } = await call('in')
  expect(code).toBe(1)
  expect(out).toContain('nothing in these bytes can be played')
  expect(await readdir(folder)).toEqual(['in'])
})

test('a path that is not there is said, with exit code 2', async () => {
  const { code, err } = await call('nowhere')
  expect(code).toBe(2)
  expect(err).toContain('nowhere is not there')
})
