// The part of a ledger's contract that is about chunks, takes and stops.
import { expect } from 'vitest'
import { newChunk } from '../support/ledger.ts'
import type { LedgerRule } from './ledger.ts'

export const CHUNK_RULES: readonly LedgerRule[] = [
  {
    title:
      'R6: a chunk is stored once, its repeat is a duplicate, another under its number a conflict',
    holds: async (on) => {
      const id = await on.recording()
      expect(await on.store(id, [0])).toEqual(['stored'])
      const again = newChunk(id, 0, { segment: 'b.seg' })
      expect(await on.commit(again, newChunk(id, 0, { body: 'other' }))).toEqual([
        'duplicate',
        'conflict',
      ])
      const places = await on.ledger.readTakeChunks(on.db, {
        ...{ recordingId: id, take: 0, generation: null },
      })
      expect(places.map(({ seq, segment }) => `${seq} ${segment}`)).toEqual(['0 a.seg'])
    },
  },
  {
    title: 'a number that comes twice in one batch is compared with its first',
    holds: async (on) => {
      const id = await on.recording()
      const other = newChunk(id, 0, { body: 'other' })
      const batch = [newChunk(id, 0), newChunk(id, 0), other]
      expect(await on.commit(...batch)).toEqual(['stored', 'duplicate', 'conflict'])
      expect(await on.row(id)).toMatchObject({ chunkCount: 1, bytes: 100 })
    },
  },
  {
    title: 'a chunk needs its take, and its recording needs room',
    holds: async (on) => {
      const id = await on.recording()
      const unknown = newChunk('00000000-0000-4000-8000-000000000000', 0)
      const large = newChunk(id, 1, { bytes: 1_000_001 })
      const batch = [newChunk(id, 0, { take: 9 }), unknown, large, newChunk(id, 2)]
      expect(await on.commit(...batch)).toEqual(['take_unknown', 'unknown', 'full', 'stored'])
    },
  },
  {
    title:
      'I1: a recording is never below the generation of its chunks, and only new ones raise it',
    holds: async (on) => {
      const id = await on.recording()
      await on.store(id, [0, 1, 2])
      const { generation } = await on.row(id)
      await on.store(id, [0, 1])
      expect((await on.row(id)).generation).toBe(generation)
      await on.store(id, [3])
      expect((await on.row(id)).generation).toBeGreaterThan(generation)
      const at = { recordingId: id, take: 0, generation }
      expect((await on.ledger.readTakeChunks(on.db, at)).map(({ seq }) => seq)).toEqual([0, 1, 2])
    },
  },
  {
    title: 'chunks are read in the order of their numbers, whenever they came',
    holds: async (on) => {
      const id = await on.recording()
      for (const seqs of [[10, 2], [0], [9, 1]]) await on.store(id, seqs)
      const of = { recordingId: id, take: 0, generation: null }
      const chunks = await on.ledger.readTakeChunks(on.db, of)
      expect(chunks.map(({ seq }) => seq)).toEqual([0, 1, 2, 9, 10])
      const { db } = on
      expect((await on.ledger.readHave(db, id, 10)).get(0)).toEqual([
        [0, 2],
        [9, 10],
      ])
      expect((await on.ledger.readMissing(db, id, 10)).get(0)).toEqual([[3, 8]])
    },
  },
  {
    title: 'an index counts only behind the head that it was made with',
    holds: async (on) => {
      const id = await on.recording()
      const index = new Uint8Array([1])
      await on.commit(newChunk(id, 0, { index, hasInit: false }))
      await on.commit(newChunk(id, 1, { index, hasInit: true }))
      const of = { recordingId: id, take: 0, generation: null }
      const chunks = await on.ledger.readTakeChunks(on.db, of)
      expect(chunks.map((chunk) => chunk.index !== null)).toEqual([false, true])
    },
  },
  {
    title: 'CHECK tells the same chunk from another and from none',
    holds: async (on) => {
      const id = await on.recording()
      await on.store(id, [0])
      const ask = (chunk: ReturnType<typeof newChunk>) => on.ledger.findChunk(on.db, chunk)
      expect(await ask(newChunk(id, 0))).toBe('same')
      expect(await ask(newChunk(id, 0, { body: 'other' }))).toBe('other')
      expect(await ask(newChunk(id, 1))).toBe('absent')
    },
  },
  {
    title: 'rule 5: a take is announced once; its head may be filled in, never changed',
    holds: async (on) => {
      const id = await on.recording([])
      expect(await on.announce(id, 0, { init: null })).toBe('stored')
      expect(await on.announce(id, 0, { init: null })).toBe('duplicate')
      expect(await on.announce(id, 0)).toBe('stored')
      expect(await on.announce(id, 0)).toBe('duplicate')
      expect(await on.announce(id, 0, { init: new Uint8Array([9]) })).toBe('conflict')
      expect(await on.announce(id, 0, { mimeType: 'audio/webm' })).toBe('conflict')
    },
  },
  {
    title:
      'I10: stops merge by maximum, in whatever order they come, and never below what is stored',
    holds: async (on) => {
      const id = await on.recording()
      await on.store(id, [0, 1, 2])
      await on.finish(id, [5])
      await on.finish(id, [1])
      const { db } = on
      expect((await on.ledger.readTotals(db, id)).takes).toEqual([{ take: 0, chunks: 5 }])
      expect((await on.ledger.readMissing(db, id, 10)).get(0)).toEqual([[3, 4]])
    },
  },
  {
    title: 'I11: a stop that is repeated changes nothing; a larger one makes the result due again',
    holds: async (on) => {
      const id = await on.recording()
      await on.store(id, [0])
      const first = await on.finish(id, [1])
      expect(first).toMatchObject({ outcome: 'committed', complete: true, pending: true })
      const { generation, finishedAt } = await on.row(id)
      await on.finish(id, [1])
      expect(await on.row(id)).toMatchObject({ generation, finishedAt })
      expect(await on.finish(id, [2])).toMatchObject({ complete: false })
      expect((await on.row(id)).generation).toBeGreaterThan(generation)
    },
  },
  {
    title:
      'rule 7: a chunk past the totals, a new take and a ping revoke a stop; a chunk in a hole does not',
    holds: async (on) => {
      const id = await on.recording()
      const stands = async () => (await on.row(id)).finishedAt !== null
      await on.store(id, [0])
      await on.finish(id, [3])
      await on.store(id, [1])
      expect(await stands()).toBe(true)
      await on.store(id, [3])
      expect(await stands()).toBe(false)
      await on.finish(id, [4])
      await on.announce(id, 1)
      expect(await stands()).toBe(false)
      await on.finish(id, [4])
      expect(await on.ledger.resumeRecording(on.db, id)).toBe(true)
      expect(await on.ledger.resumeRecording(on.db, id)).toBe(false)
      expect((await on.ledger.readTotals(on.db, id)).takes).toEqual([])
    },
  },
  {
    title: 'I9: whoever comes last, chunk or stop, completes the recording',
    holds: async (on) => {
      const [one, two] = [await on.recording(), await on.recording()]
      await on.store(one, [0, 1])
      expect(await on.finish(one, [2])).toMatchObject({ complete: true })
      await on.store(two, [1])
      expect(await on.finish(two, [2])).toMatchObject({ complete: false })
      const last = await on.ledger.commitChunks(on.db, [newChunk(two, 0)], 1_000_000)
      expect(last.recordings).toEqual([{ id: two, complete: true, finished: true }])
    },
  },
  {
    title: 'I12: an id belongs to the token that it was made with',
    holds: async (on) => {
      const id = await on.recording()
      const { tokenHash } = await on.row(id)
      const create = (hash: Uint8Array) => on.ledger.createRecording(on.db, { id, tokenHash: hash })
      expect(await create(new Uint8Array(tokenHash))).toBe('exists')
      expect(await create(new Uint8Array(32))).toBe('taken')
    },
  },
  {
    title: 'another chunk under a taken number is kept once as evidence, and counted',
    holds: async (on) => {
      const id = await on.recording()
      const { sha256, bytes } = newChunk(id, 0, { body: 'other' })
      const conflict = { recordingId: id, take: 0, seq: 0, sha256, bytes, object: 'c.seg' }
      expect(await on.ledger.keepConflict(on.db, conflict)).toBe('kept')
      expect(await on.ledger.keepConflict(on.db, conflict)).toBe('known')
      expect(await on.ledger.countConflictCopies(on.db, id)).toBe(1)
      expect(await on.row(id)).toMatchObject({ conflictCount: 1, bytes: 100 })
    },
  },
  {
    title: 'R10: bytes that a row holds are known under any number; empty ones are all alike',
    holds: async (on) => {
      const id = await on.recording()
      const [full, empty] = [newChunk(id, 0), newChunk(id, 1, { body: '', bytes: 0 })]
      await on.commit(full, empty)
      const name = (seq: number, { sha256 }: { sha256: Uint8Array }) => ({ take: 0, seq, sha256 })
      const asked = [name(0, full), name(9, full), name(1, empty), name(9, empty)]
      const unknown = await on.ledger.findUnknownChunks(on.db, id, [
        ...asked,
        name(9, newChunk(id, 9)),
      ])
      expect(unknown).toEqual([3, 4])
    },
  },
]
