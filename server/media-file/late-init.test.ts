// A take whose header comes after its chunks, and after its file was final (protocol §2 rule 5).
import { createHash } from 'node:crypto'
import { chunkFrame, FRAME, jsonFrame, toBase64 } from '@holdfast/protocol'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { loadTake } from '../../test/support/corpus.ts'
import { buildWithout } from '../../test/support/damaged-take.ts'
import { newFinalizer } from '../../test/support/finalize.ts'
import { type Opened, TestIngest, type TestSink } from '../../test/support/ingest.ts'
import { alignSlices } from '../../test/support/take-pipeline.ts'
import { waitFor } from '../../test/support/wait-for.ts'
import { layOutRecording } from './lay-out-recording.ts'
import { catchUpIndexes } from './take-file.ts'

const recorded = alignSlices(loadTake('webm-vp8-opus-requestdata-6s').slices)

let bed: TestIngest
beforeAll(async () => {
  bed = await TestIngest.open()
})
afterAll(() => bed.close())

function takeFrame(init: Uint8Array | null) {
  const body = { mimeType: 'video/webm', startedAt: '2026-01-02T03:04:05.678Z' }
  return jsonFrame(FRAME.TAKE, { ...body, init: init && toBase64(init) })
}

async function announce(sink: TestSink, init: Uint8Array | null): Promise<void> {
  const before = sink.of(FRAME.ACK).length
  sink.push(takeFrame(init))
  await waitFor('the ACK of the TAKE', () => sink.of(FRAME.ACK).length > before)
}

async function sendChunks(sink: TestSink): Promise<void> {
  for (const [seq, { bytes, aligned }] of recorded.chunks.entries()) {
    const sha256 = createHash('sha256').update(bytes).digest()
    sink.push(chunkFrame({ take: 0, seq, aligned, sha256, clusterMs: null, endMs: null, bytes }))
  }
  await sink.untilAcked(recorded.chunks.length)
}

async function finalize({ id }: Opened): Promise<string | null> {
  const { ledger, store } = bed
  const layOut = (of: string, generation: number) =>
    layOutRecording({ db: ledger.db, store }, of, generation)
  return await newFinalizer(ledger, { layOut }).finalizer.finalizeNow(id)
}

test('a header that comes late makes the next version, the same as if it had come first', async () => {
  const usual = await bed.recording()
  const prompt = await bed.welcomed(usual)
  await announce(prompt, recorded.init)
  await sendChunks(prompt)
  await finalize(usual)
  const [expected] = await bed.ledger.versionRows(usual.id)

  const opened = await bed.recording()
  const sink = await bed.welcomed(opened)
  await announce(sink, null)
  await sendChunks(sink)
  await finalize(opened)
  await announce(sink, recorded.init)
  const row = await bed.ledger.row(opened.id)
  expect(row.generation).toBeGreaterThan(row.finalizedGeneration)
  expect(await finalize(opened)).toBe('committed')
  const newest = (await bed.ledger.versionRows(opened.id)).at(-1)
  expect(newest).toMatchObject({
    version: 2,
    etag: expected?.etag,
    durationMs: expected?.durationMs,
    bytes: expected?.bytes,
  })
})

test('what came without its header is not read again and again; with it, it is the file that it would have been', async () => {
  const opened = await bed.recording()
  const sink = await bed.welcomed(opened)
  await announce(sink, null)
  const behind = recorded.chunks.slice(1)
  for (const [n, { bytes, aligned, clusterMs }] of behind.entries()) {
    const sha256 = createHash('sha256').update(bytes).digest()
    sink.push(chunkFrame({ take: 0, seq: n + 1, aligned, sha256, clusterMs, endMs: null, bytes }))
  }
  await sink.untilAcked(behind.length)
  const read = vi.spyOn(bed.store, 'read')
  await finalize(opened)
  expect(read).not.toHaveBeenCalled()
  // And nothing that follows is indexed behind it.
  const source = { db: bed.ledger.db, store: bed.store }
  expect(await catchUpIndexes(source, opened.id, 0)).toBe(null)
  expect(read).not.toHaveBeenCalled()
  read.mockRestore()
  await announce(sink, recorded.init)
  await finalize(opened)
  const newest = (await bed.ledger.versionRows(opened.id)).at(-1)
  const chunks = recorded.chunks.map(({ bytes, aligned, clusterMs }) => {
    return { bytes, hints: { aligned, clusterMs } }
  })
  const expected = buildWithout({ init: recorded.init, chunks }, [0]).file
  expect(newest).toMatchObject({ bytes: expected.size, durationMs: expected.durationMs })
  expect(newest?.gaps).toMatchObject([{ fromSeq: 0, toSeq: 0, fromMs: 0 }])
})
