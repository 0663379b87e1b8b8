import { touchRecordings } from '@holdfast/db'
import { HoldfastError } from '@holdfast/protocol'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { faultyDb, newFinalizer, plainLayout } from '../../test/support/finalize.ts'
import { newResult, TestLedger, TIMING } from '../../test/support/ledger.ts'
import { waitFor } from '../../test/support/wait-for.ts'

let ledger: TestLedger
beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())
beforeEach(() => ledger.setUptime())

const timing = TIMING

async function stoppedRecording(seqs = [0, 1]): Promise<string> {
  const id = await ledger.recording()
  await ledger.store(id, seqs)
  await ledger.finish(id, [seqs.length])
  return id
}

describe('a finalization', () => {
  test('commits what the layout made of exactly the claimed generation', async () => {
    const id = await stoppedRecording()
    const asked: number[] = []
    const layOut = async (of: string, generation: number) => {
      asked.push(generation)
      return await plainLayout(ledger)(of, generation)
    }
    const { finalizer } = newFinalizer(ledger, { timing, layOut })
    const claim = await ledger.claim(id)
    expect(await finalizer.finalize(claim)).toBe('committed')
    expect(asked).toEqual([claim.generation])
    expect(await ledger.row(id)).toMatchObject({ status: 'ready', version: 1 })
  })

  test('I5: of a recorder that came back while the layout was made changes nothing', async () => {
    const id = await ledger.recording()
    await ledger.store(id, [0])
    await ledger.ageAll(id, 60_000)
    const layOut = async () => {
      await touchRecordings(ledger.db, [id])
      return newResult()
    }
    const { finalizer, metrics } = newFinalizer(ledger, { timing, layOut })
    expect(await finalizer.finalize(await ledger.claim(id))).toBe('alive')
    expect(await ledger.row(id)).toMatchObject({ status: 'recording', version: 0 })
    expect((await metrics.graceReleased.get()).values[0]?.value).toBe(1)
  })

  test('rule 6: of a recording that grew while the layout was made changes nothing', async () => {
    const id = await ledger.recording()
    await ledger.store(id, [0])
    await ledger.ageAll(id, 60_000)
    const layOut = async () => {
      await ledger.store(id, [1])
      return newResult()
    }
    const { finalizer } = newFinalizer(ledger, { timing, layOut })
    expect(await finalizer.finalize(await ledger.claim(id))).toBe('lost')
    expect(await ledger.row(id)).toMatchObject({ status: 'recording', version: 0 })
  })

  test('I3: that was overtaken changes nothing, however long its layout took', async () => {
    const id = await stoppedRecording()
    const claim = await ledger.claim(id)
    const layOut = async () => {
      await ledger.age(id, 1, 'lease_until')
      const heir = await ledger.claim(id)
      const { finalizer: other } = newFinalizer(ledger, { timing })
      expect(await other.finalize(heir)).toBe('committed')
      return newResult({ etag: 'too late' })
    }
    const { finalizer } = newFinalizer(ledger, { timing, layOut })
    expect(await finalizer.finalize(claim)).toBe('lost')
    expect(await ledger.versionRows(id)).toHaveLength(1)
    expect((await ledger.versionRows(id))[0]?.etag).not.toBe('too late')
  })

  test('of nothing at all ends as `empty`', async () => {
    const id = await ledger.recording([])
    await ledger.ageAll(id, 60_000)
    const { finalizer } = newFinalizer(ledger, { timing })
    expect(await finalizer.finalize(await ledger.claim(id))).toBe('empty')
    expect(await ledger.row(id)).toMatchObject({ status: 'empty', version: 0 })
  })

  test('keeps its lease as long as the layout takes', async () => {
    const id = await stoppedRecording()
    const short = { ...timing, leaseMs: 600 }
    const claim = await ledger.claim(id)
    const isRenewed = async () => {
      const { leaseUntil } = await ledger.row(id)
      return (leaseUntil?.getTime() ?? 0) > Date.now() - 60_000
    }
    const layOut = async () => {
      for (let i = 0; i < 2; i++) {
        await ledger.age(id, 120_000, 'lease_until')
        await waitFor('a renewal', isRenewed)
      }
      return newResult()
    }
    const { finalizer } = newFinalizer(ledger, { timing: short, layOut })
    expect(await finalizer.finalize(claim)).toBe('committed')
  })
})

describe('a finalization that fails', () => {
  const failing = () => Promise.reject(new HoldfastError('store_failed'))

  test('is written down with its reason and tried again later', async () => {
    const id = await stoppedRecording()
    const { finalizer, metrics } = newFinalizer(ledger, { timing, layOut: failing })
    expect(await finalizer.finalize(await ledger.claim(id))).toBe('failed')
    const row = await ledger.row(id)
    expect(row).toMatchObject({ status: 'failed', version: 0, leaseUntil: null })
    expect(row.nextAttemptAt?.getTime()).toBeGreaterThan(Date.now() - 1000)
    expect(await ledger.eventNames(id)).toContain('failed')
    expect(await ledger.dueIds()).not.toContain(id)
    const counted = (await metrics.finalizeFailed.get()).values.filter(({ value }) => value > 0)
    expect(counted).toMatchObject([{ labels: { code: 'store_failed' }, value: 1 }])
  })

  test.each(['bytes_damaged', 'store_failed'] as const)(
    'for %s is looked into at once, and goes on with what is left',
    async (code) => {
      const id = await stoppedRecording()
      const mended: string[] = []
      const mend = async (of: string) => void mended.push(of)
      const layOut = (of: string, generation: number) =>
        mended.length === 0
          ? Promise.reject(new HoldfastError(code))
          : plainLayout(ledger)(of, generation)
      const { finalizer } = newFinalizer(ledger, { timing, layOut, mend })
      expect(await finalizer.finalize(await ledger.claim(id))).toBe('committed')
      expect(mended).toEqual([id])
    },
  )

  test('waits longer each time, but never longer than five minutes', async () => {
    const id = await stoppedRecording()
    const { finalizer } = newFinalizer(ledger, { timing, layOut: failing })
    const waits: number[] = []
    for (let i = 0; i < 12; i++) {
      await finalizer.finalize(await ledger.claim(id))
      const [row] = await ledger.sql`
        update recordings r set next_attempt_at = now() from recordings old
        where r.id = ${id} and old.id = r.id
        returning extract(epoch from old.next_attempt_at - now())::float8 as wait_s`
      waits.push(Number(row?.wait_s))
    }
    expect(waits).toEqual(waits.toSorted((a, b) => a - b).map((wait) => expect.closeTo(wait, 0)))
    expect(waits[0]).toBeLessThan(3)
    expect(Math.max(...waits)).toBeGreaterThan(250)
    expect(Math.max(...waits)).toBeLessThanOrEqual(300)
  })

  test('never rejects, not even when its failure cannot be written down', async () => {
    const id = await stoppedRecording()
    const { db, state } = faultyDb(ledger.db)
    const layOut = () => {
      state.isAway = true
      return Promise.reject(new Error('everything is gone'))
    }
    const { finalizer } = newFinalizer(ledger, { db, timing, layOut })
    expect(await finalizer.finalize(await ledger.claim(id))).toBe('failed')
    expect(await ledger.row(id)).toMatchObject({ status: 'finalizing' })
    await ledger.age(id, 1, 'lease_until')
    expect(await ledger.dueIds()).toContain(id)
  })

  test('is healed by the next try', async () => {
    const id = await stoppedRecording()
    await newFinalizer(ledger, { timing, layOut: failing }).finalizer.finalize(
      await ledger.claim(id),
    )
    await ledger.sql`update recordings set next_attempt_at = now() where id = ${id}`
    const { finalizer } = newFinalizer(ledger, { timing })
    expect(await finalizer.finalize(await ledger.claim(id))).toBe('committed')
    expect(await ledger.row(id)).toMatchObject({ status: 'ready', lastError: null, attempts: 0 })
  })
})

describe('"finalize now"', () => {
  test('finalizes a live recording, and its next chunk makes the next version', async () => {
    const id = await ledger.recording()
    await ledger.store(id, [0])
    const { finalizer } = newFinalizer(ledger, { timing })
    expect(await finalizer.finalizeNow(id)).toBe('committed')
    expect(await ledger.row(id)).toMatchObject({ status: 'ready', reason: 'admin', version: 1 })
    await ledger.store(id, [1])
    expect(await ledger.row(id)).toMatchObject({ status: 'recording' })
    expect(await finalizer.finalizeNow(id)).toBe('committed')
    expect(await ledger.row(id)).toMatchObject({ status: 'ready', version: 2 })
  })

  test('of a recording that goes on meanwhile tries again, and has what came too', async () => {
    const id = await ledger.recording()
    await ledger.store(id, [0])
    const seqs = [1, 2]
    const layOut = async (of: string, generation: number) => {
      const result = await plainLayout(ledger)(of, generation)
      const seq = seqs.shift()
      if (seq !== undefined) await ledger.store(id, [seq])
      return result
    }
    const { finalizer } = newFinalizer(ledger, { timing, layOut })
    expect(await finalizer.finalizeNow(id)).toBe('committed')
    expect(await ledger.row(id)).toMatchObject({ status: 'ready', reason: 'admin', version: 1 })
    expect((await ledger.versionRows(id))[0]).toMatchObject({ generation: 3, bytes: 300 })
  })

  test('gives up on a recording that grows faster than it can be laid out, and leaves it alive', async () => {
    const id = await ledger.recording()
    let seq = 0
    const layOut = async () => {
      await ledger.store(id, [seq++])
      return newResult()
    }
    const { finalizer } = newFinalizer(ledger, { timing, layOut })
    expect(await finalizer.finalizeNow(id)).toBe('lost')
    expect(seq).toBe(5)
    expect(await ledger.row(id)).toMatchObject({ status: 'recording', version: 0 })
  })

  test('again makes no new version, and leaves nothing to do', async () => {
    const id = await stoppedRecording()
    const { finalizer } = newFinalizer(ledger, { timing })
    await finalizer.finalize(await ledger.claim(id))
    expect(await finalizer.finalizeNow(id)).toBe('unchanged')
    expect(await ledger.row(id)).toMatchObject({ status: 'ready', version: 1 })
    expect(await ledger.dueIds()).not.toContain(id)
  })

  test('leaves a recording alone that another finalizer holds', async () => {
    const id = await stoppedRecording()
    await ledger.claim(id)
    expect(await newFinalizer(ledger, { timing }).finalizer.finalizeNow(id)).toBeNull()
  })
})
