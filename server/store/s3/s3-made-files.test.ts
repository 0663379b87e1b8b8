import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { someBytes } from '../../../test/support/chunks.ts'
import { codeOf } from '../../../test/support/error-code.ts'
import { S3Bed } from '../../../test/support/s3/s3-bed.ts'
import { collect } from '../../../test/support/store-test.ts'
import { S3MadeFiles } from './s3-made-files.ts'

let bed: S3Bed
let workDir: string

beforeEach(async () => {
  bed = await S3Bed.start()
  workDir = await mkdtemp(join(tmpdir(), 'holdfast-making-'))
})
afterEach(async () => {
  await bed.dispose()
  await rm(workDir, { recursive: true })
})

/** A recording with bytes, and the made files as one instance sees them. */
async function recorded() {
  const { client, store, id, append } = bed.open()
  await append(0)
  const made = await S3MadeFiles.open({ client, prefix: '', workDir })
  return { store, client, recordingId: id, made }
}

test('are served by an instance that did not make them, whole and in ranges', async () => {
  const { client, recordingId, made } = await recorded()
  const attempt = { recordingId, id: 7, epoch: 2 }
  const folder = await made.begin(attempt)
  const bytes = someBytes(900_000, 1)
  await writeFile(join(folder, 'media.mp4'), bytes)
  expect(await made.keep(attempt, 'media.mp4')).toEqual({ name: 'made-7-2.mp4', bytes: 900_000 })
  expect(await readdir(workDir)).toEqual([])
  const elsewhere = await mkdtemp(join(tmpdir(), 'holdfast-making-'))
  const other = await S3MadeFiles.open({ client, prefix: '', workDir: elsewhere })
  expect(await other.size(recordingId, 'made-7-2.mp4')).toBe(900_000)
  const range = { from: 100, to: 800_000 }
  const read = await collect(other.stream(recordingId, 'made-7-2.mp4', range))
  expect(Buffer.compare(read, bytes.subarray(100, 800_000))).toBe(0)
  await rm(elsewhere, { recursive: true })
})

test('of earlier attempts at the same job go, and those of others stay', async () => {
  const { recordingId, made } = await recorded()
  for (const [id, epoch] of [
    [1, 1],
    [1, 2],
    [11, 1],
  ] as const) {
    const attempt = { recordingId, id, epoch }
    await writeFile(join(await made.begin(attempt), 'x.jpg'), 'x')
    await made.keep(attempt, 'x.jpg')
  }
  await made.begin({ recordingId, id: 1, epoch: 3 })
  expect(await made.size(recordingId, 'made-1-2.jpg')).toBe(null)
  expect(await made.size(recordingId, 'made-11-1.jpg')).toBe(1)
  await made.forget({ recordingId, id: 1 })
  expect(await readdir(workDir)).toEqual([])
})

test('go with their recording, and none are begun for one that is gone', async () => {
  const { store, recordingId, made } = await recorded()
  const attempt = { recordingId, id: 1, epoch: 1 }
  await writeFile(join(await made.begin(attempt), 'x.jpg'), 'x')
  await made.keep(attempt, 'x.jpg')
  await store.purge(recordingId)
  expect(bed.fake.bucket.objects.size).toBe(0)
  expect(await codeOf(made.begin({ ...attempt, epoch: 2 }))).toBe('recording_deleted')
  expect(await codeOf(made.begin({ ...attempt, recordingId: randomUUID() }))).toBe(
    'recording_deleted',
  )
})

test('never reach another key', async () => {
  const { recordingId, made } = await recorded()
  for (const name of ['../x', 'a-0.seg', 'made-1-1.mp4/x', '']) {
    expect(await codeOf(made.size(recordingId, name))).toBe('store_failed')
  }
})

test('that a killed process left half made are removed when they are old', async () => {
  for (const name of ['old', 'new']) await mkdir(join(workDir, name))
  await utimes(join(workDir, 'old'), new Date(0), new Date(0))
  await S3MadeFiles.open({ client: bed.open().client, prefix: '', workDir })
  expect(await readdir(workDir)).toEqual(['new'])
})

test('parts that an attempt finished stay for the next one, on any instance, until the job is forgotten', async () => {
  const { client, recordingId, made } = await recorded()
  const first = { recordingId, id: 7, epoch: 1 }
  const folder = await made.begin(first)
  for (const name of ['audio.m4a', 'video-0.mp4']) {
    await writeFile(join(folder, name), name)
    await made.keepPart(first, name)
  }
  expect(await readdir(folder)).toEqual([])
  const elsewhere = await mkdtemp(join(tmpdir(), 'holdfast-making-'))
  const other = await S3MadeFiles.open({ client, prefix: '', workDir: elsewhere })
  await other.begin({ ...first, epoch: 2 }, ['kept-7-1-audio.m4a'])
  expect(await other.size(recordingId, 'kept-7-1-video-0.mp4')).toBeNull()
  const read = await collect(other.stream(recordingId, 'kept-7-1-audio.m4a', { from: 0, to: 9 }))
  expect(new TextDecoder().decode(read)).toBe('audio.m4a')
  await other.forget(first)
  expect(await other.size(recordingId, 'kept-7-1-audio.m4a')).toBeNull()
  await rm(elsewhere, { recursive: true })
})
