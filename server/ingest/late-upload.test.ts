// An upload that outlives its recording: admitted before the deletion, at its end after the purge.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { deleteRecording } from '@holdfast/db'
import { chunkFrame, FRAME, jsonFrame } from '@holdfast/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Opened, TestIngest } from '../../test/support/ingest.ts'
import { createLog } from '../observe/log.ts'
import { Purger } from '../recordings/purger.ts'

let bed: TestIngest

beforeAll(async () => {
  bed = await TestIngest.open()
})
afterAll(() => bed.close())

const takeFrame = (take: number) =>
  jsonFrame(
    FRAME.TAKE,
    { mimeType: 'video/webm', startedAt: '2026-01-01T00:00:00Z', init: null },
    { take },
  )

function mediaFrame(seq: number, text: string) {
  const bytes = Buffer.from(text)
  const sha256 = createHash('sha256').update(bytes).digest()
  return chunkFrame({ take: 0, seq, sha256, bytes, aligned: false, clusterMs: null, endMs: null })
}

const purge = () => {
  const { ledger, store, metrics } = bed
  const log = createLog({ level: 'silent' })
  const forget = () => undefined
  return new Purger({ db: ledger.db, store, retentionDays: 0, forget, log, metrics }).sweep()
}

async function deleteAndPurge({ id }: Opened): Promise<void> {
  await deleteRecording(bed.ledger.db, id, 0)
  await bed.ledger.sql`update recordings set deleted_at = now() - interval '1 h' where id = ${id}`
  await purge()
  expect(existsSync(folderOf(id))).toBe(false)
}

const folderOf = (id: string) => join(bed.root, id.slice(-2), id)

async function expectNothing({ id }: Opened): Promise<void> {
  await purge()
  expect(existsSync(folderOf(id))).toBe(false)
  const [row] = await bed.ledger.sql`
    select purged_at is not null as purged, title,
      (select count(*)::int from takes where recording_id = ${id}) as takes,
      (select count(*)::int from conflicts where recording_id = ${id}) as conflicts
    from recordings where id = ${id}`
  expect(row).toEqual({ purged: true, title: null, takes: 0, conflicts: 0 })
}

describe('leaves no byte behind', () => {
  it('with a PUT whose body ends late', async () => {
    const opened = await bed.recording([])
    const { promise: gone, resolve: goOn } = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    async function* slowBody() {
      begun.resolve()
      yield Buffer.from('first')
      await gone
      yield Buffer.from('last')
    }
    const answer = bed.ingest.putChunk({
      ...{ recordingId: opened.id, token: opened.token, take: '0', seq: '0' },
      ...{ contentType: 'video/webm', contentDigest: null, body: slowBody() },
    })
    await begun.promise
    await deleteAndPurge(opened)
    goOn()
    expect(await answer).toMatchObject({ status: 410 })
    await expectNothing(opened)
  })

  it('with a take and chunks on a socket that was not told yet', async () => {
    const opened = await bed.recording([0])
    const socket = await bed.welcomed(opened)
    socket.push(mediaFrame(0, 'before'))
    await socket.untilAcked(1)
    await deleteAndPurge(opened)
    socket.push(takeFrame(1), mediaFrame(1, 'after'), mediaFrame(0, 'another'))
    expect(await socket.json(FRAME.NACK, 2)).toMatchObject({ code: 'recording_deleted' })
    const codes = await Promise.all([0, 1].map((at) => socket.json(FRAME.NACK, at)))
    expect(codes.map(({ code }) => code)).toEqual(['recording_deleted', 'recording_deleted'])
    await expectNothing(opened)
  })

  it('when the purge runs at the same time elsewhere', async () => {
    const opened = await bed.recording([0])
    const socket = await bed.welcomed(opened)
    await deleteRecording(bed.ledger.db, opened.id, 0)
    await bed.ledger.sql`
      update recordings set deleted_at = now() - interval '1 h' where id = ${opened.id}`
    const { store } = bed
    const { ledger, metrics } = bed
    // The chunk lands between the end of the bytes and the end of the rows.
    const racing = Object.create(store) as typeof store
    racing.purge = async (id) => {
      const done = await store.purge(id)
      socket.push(mediaFrame(0, 'in between'))
      await socket.json(FRAME.NACK)
      return done
    }
    const log = createLog({ level: 'silent' })
    const options = { db: ledger.db, retentionDays: 0, forget: () => undefined, log, metrics }
    await new Purger({ ...options, store: racing }).sweep()
    await expectNothing(opened)
  })
})
