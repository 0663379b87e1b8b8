import { randomUUID } from 'node:crypto'
import { access, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beat, deleteRecording, findUnknownChunks, queueJob } from '@holdfast/db'
import { HoldfastError } from '@holdfast/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { someChunk } from '../../test/support/chunks.ts'
import { newChunk, TestLedger, TIMING } from '../../test/support/ledger.ts'
import { about, ReconcileBed } from '../../test/support/reconcile-bed.ts'
import { waitFor } from '../../test/support/wait-for.ts'
import type { ChunkStore } from '../store/chunk-store.ts'
import { ALONE, BESIDE } from './beside.ts'
import { Writers } from './writers.ts'

let ledger: TestLedger
let bed: ReconcileBed

beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())
beforeEach(async () => {
  bed = await ReconcileBed.open(ledger)
})
afterEach(async () => {
  await bed.close()
  await ledger.sql`delete from jobs`
  await ledger.sql`delete from instances`
  await ledger.sql`update recordings set finalized_generation = generation, status = 'ready'`
})

/** A store on a disk that takes nothing. */
const refusingAppends = (store: ChunkStore): ChunkStore =>
  new Proxy(store, {
    get: (target, name) => {
      if (name === 'append') return () => Promise.reject(new HoldfastError('unavailable'))
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

describe('a process', () => {
  const enter = async (silentFor: string) => {
    const name = `server-${randomUUID()}`
    await ledger.sql`
      insert into instances (incarnation, heartbeat_at)
      values (${name}, now() - ${silentFor}::interval)`
    return name
  }
  const fenced = async (name: string) => {
    const [row] = await ledger.sql`select stopped_at from instances where incarnation = ${name}`
    return row?.stopped_at !== null
  }

  // The database of the tests is young: nobody can have been silent for longer than it is up.
  const soon = { ...BESIDE, deadAfterMs: 500 }

  test('that died without a word is fenced; one that was heard of lately is not', async () => {
    const [dead, alive] = [await enter('6 minutes'), await enter('-1 minute')]
    await waitFor('a silence', async () => about(await bed.look(soon), null).length > 0)
    expect(await fenced(dead)).toBe(false)
    await bed.mend(soon)
    expect([await fenced(dead), await fenced(alive)]).toEqual([true, false])
    expect(about(await bed.mend(soon), null)).toEqual([])
  })

  test('is not taken for dead while nobody could be heard', async () => {
    const name = await enter('6 minutes')
    await ledger.setUptime({ upMs: -60_000 })
    await bed.mend(soon)
    expect(await fenced(name)).toBe(false)
  })

  test('is not taken for dead because the database’s clock jumped, before it could be heard', async () => {
    const name = await enter('1 hour')
    // Of whom nobody has beaten since the jump.
    await ledger.setUptime({ upMs: 7_200_000, beatMs: 3_600_000 })
    await waitFor('a silence', async () => about(await bed.look(soon), null).length > 0)
    const untilOthersBeat = async () => void (await beat(ledger.db, name, TIMING.gapMs))
    expect(about(await bed.mend({ ...soon, untilOthersBeat }), null)).toEqual([])
    expect(await fenced(name)).toBe(false)
  })

  test('R10: that is silent and was not fenced may still write: nothing of it is read to be changed', () => {
    const [silent, key] = ['silent', 'silent-0.seg']
    const one = { incarnation: silent, heartbeatAt: new Date(0), isReconciled: false }
    const writers = (state: 'silent' | 'ended', isApplying: boolean) =>
      new Writers([{ ...one, state }], { isThorough: true, isApplying })
    expect(writers('silent', true).isDue(key)).toBe(false)
    expect(writers('silent', false).isDue(key)).toBe(true)
    expect(writers('ended', true).isDue(key)).toBe(true)
  })

  test('is dead, whatever it said, where the database is ours alone', async () => {
    const name = await enter('1 second')
    await bed.mend(ALONE)
    expect(await fenced(name)).toBe(true)
  })
})

describe('a temporary file', () => {
  test('of a dead process goes; one that a living process writes stays', async () => {
    const { id } = await bed.withOrphan()
    const alive = `alive-${randomUUID()}`
    await ledger.sql`insert into instances (incarnation) values (${alive})`
    const folder = bed.bed.folder(id)
    const dead = [join(folder, 'dead-7.seg.part'), join(bed.root, '.probe-dead-8.seg')]
    const held = [join(folder, `${alive}-7.seg.part`), join(bed.root, `.probe-${alive}-8.seg`)]
    for (const path of [...dead, ...held]) await writeFile(path, 'half')
    await bed.mend(BESIDE)
    expect(await Promise.all(dead.map(isThere))).toEqual([false, false])
    expect(await Promise.all(held.map(isThere))).toEqual([true, true])
    expect(about(await bed.mend(BESIDE), id)).toEqual([])
  })

  test('of a job goes when nobody works on it and no row names it', async () => {
    const { id } = await bed.withOrphan()
    await queueJob(ledger.db, { kind: 'thumbnail', recordingId: id, version: 1 }, false)
    const [job] = await ledger.sql`
      update jobs set lease_epoch = 2, lease_until = now() + interval '1 minute', status = 'running'
      where recording_id = ${id} returning id`
    const folder = bed.bed.folder(id)
    const names = {
      part: `kept-${job?.id}-1-video-0.mp4`,
      strangePart: `kept-${job?.id}-1-video-1.mp4`,
      atWork: `making-${job?.id}-2`,
      older: `making-${job?.id}-1`,
      unknown: 'making-999999-1',
      made: `made-${job?.id}-2.jpg`,
      strange: 'made-999999-3.mp4',
    }
    for (const name of [names.atWork, names.older, names.unknown]) await mkdir(join(folder, name))
    for (const name of [names.made, names.strange, names.part, names.strangePart]) {
      await writeFile(join(folder, name), 'x')
    }
    await ledger.sql`
      update jobs set data = ${JSON.stringify({ kept: { 'video-0.mp4': names.part } })}::text::jsonb
      where id = ${job?.id ?? 0}`
    await bed.mend(BESIDE)
    const left = (await bed.bed.files(id)).filter((name) => /^(mad|mak|kept)/.test(name))
    expect(left).toEqual([names.made, names.atWork, names.part].sort())
    await ledger.sql`
      update jobs set done_at = now(), lease_until = null, status = 'done',
        data = ${JSON.stringify({ file: names.made, bytes: 1 })}::text::jsonb where id = ${job?.id ?? 0}`
    await bed.mend(BESIDE)
    const after = (await bed.bed.files(id)).filter((name) => /^(mad|mak|kept)/.test(name))
    expect(after).toEqual([names.made])
  })

  test('a note beside a segment that is gone goes too', async () => {
    const { id } = await bed.withOrphan()
    const [segment] = await bed.bed.files(id)
    const folder = bed.bed.folder(id)
    for (const name of [`${segment}.quarantined`, 'gone-1.seg.quarantined']) {
      await writeFile(join(folder, name), '{}')
    }
    await bed.mend()
    const marks = (await bed.bed.files(id)).filter((name) => name.endsWith('.quarantined'))
    expect(marks).toEqual([`${segment}.quarantined`])
  })
})

test('a job whose worker died waits again, and the dead one is fenced', async () => {
  const { id } = await bed.withOrphan()
  await queueJob(ledger.db, { kind: 'waveform', recordingId: id, version: 1 }, false)
  await ledger.sql`
    update jobs set status = 'running', lease_epoch = 4, lease_until = now() - interval '30 s'
    where recording_id = ${id}`
  expect(about(await bed.mend(BESIDE), id)).not.toContain('dead_job mended')
  await ledger.sql`update jobs set lease_until = now() - interval '2 minutes'`
  expect(about(await bed.mend(BESIDE), id)).toContain('dead_job mended')
  const [job] = await ledger.sql`select * from jobs where recording_id = ${id}`
  expect(job).toMatchObject({ status: 'waiting', lease_epoch: '5', lease_until: null })
  expect(about(await bed.mend(BESIDE), id)).toEqual([])
})

describe('a recording that nobody finalized', () => {
  /** Its layout needs media; without chunks it becomes `empty`, which is an end too. */
  const silent = async (ms: number) => {
    const id = await ledger.recording([])
    await ledger.ageAll(id, ms)
    return id
  }
  const statusOf = async (id: string) => (await ledger.row(id)).status

  test('is finalized when it is long overdue; what is fresh is left to the server beside', async () => {
    const [old, fresh] = [await silent(600_000), await silent(30_000)]
    const found = await bed.mend(BESIDE)
    expect([about(found, old), about(found, fresh)]).toEqual([['stale_recording mended'], []])
    expect([await statusOf(old), await statusOf(fresh)]).toEqual(['empty', 'recording'])
    expect(about(await bed.mend(BESIDE), old)).toEqual([])
  })

  test('I5: is left alone when nobody was there to hear it since it fell silent', async () => {
    const id = await silent(600_000)
    await ledger.setUptime({ beatMs: 605_000 })
    expect(about(await bed.mend(ALONE), id)).toEqual([])
    expect(await statusOf(id)).toBe('recording')
    await ledger.setUptime({ beatMs: 300_000 })
    expect(about(await bed.mend(ALONE), id)).toEqual(['stale_recording mended'])
  })

  test('because its finalizer died is finalized, or released when it lives', async () => {
    const [old, alive] = [await silent(600_000), await silent(600_000)]
    await ledger.sql`
      update recordings set status = 'finalizing', lease_epoch = 3, lease_until = now() - interval '5 minutes'
      where id in (${old}, ${alive})`
    await ledger.sql`update recordings set last_seen_at = now() where id = ${alive}`
    const found = await bed.mend(BESIDE)
    expect([about(found, old), about(found, alive)]).toEqual([
      ['dead_lease mended'],
      ['dead_lease mended'],
    ])
    expect([await statusOf(old), await statusOf(alive)]).toEqual(['empty', 'recording'])
    const again = await bed.mend(BESIDE)
    expect([about(again, old), about(again, alive)]).toEqual([[], []])
  })
})

test('a deleted recording that no server purged is purged', async () => {
  const { id } = await bed.withOrphan()
  await deleteRecording(ledger.db, id, 30_000)
  expect(about(await bed.mend(ALONE), id)).toEqual([])
  await ledger.sql`update recordings set deleted_at = now() - interval '31 s' where id = ${id}`
  expect(about(await bed.mend(ALONE), id)).toEqual(['overdue_purge mended'])
  expect(await ledger.chunkRows(id)).toEqual([])
  await expect(bed.bed.files(id)).rejects.toThrow('ENOENT')
})

describe('the hourly look', () => {
  test('reads what died since the last time, and nothing again', async () => {
    const writer = `server-${randomUUID()}`
    await ledger.sql`insert into instances (incarnation, stopped_at) values (${writer}, now())`
    const { id } = await bed.withOrphan(writer)
    const hourly = { ...BESIDE, isThorough: false }
    expect(about(await bed.mend(hourly), id)).toEqual(['orphan_chunks mended'])
    // As if it had been left: only a thorough look finds it.
    await ledger.sql`delete from chunks where recording_id = ${id} and seq = 2`
    expect(about(await bed.mend(hourly), id)).toEqual([])
    expect(about(await bed.mend(BESIDE), id)).toEqual(['orphan_chunks mended'])
  })

  test('comes back to what it could not mend', async () => {
    const writer = `server-${randomUUID()}`
    await ledger.sql`insert into instances (incarnation, stopped_at) values (${writer}, now())`
    const { id } = await bed.withOrphan(writer)
    const hourly = { ...BESIDE, isThorough: false, through: refusingAppends }
    expect(about(await bed.mend(hourly), id)).toEqual(['orphan_chunks failed'])
    const { sha256 } = someChunk({ seq: 2 })
    expect(await findUnknownChunks(ledger.db, id, [{ ...newChunk(id, 2), sha256 }])).toEqual([0])
    expect(about(await bed.mend({ ...BESIDE, isThorough: false }), id)).toEqual([
      'orphan_chunks mended',
    ])
  })
})
