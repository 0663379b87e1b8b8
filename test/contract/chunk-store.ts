// What every ChunkStore keeps, whatever it stores to. Each implementation runs this suite beside its own tests.
import { randomUUID } from 'node:crypto'
import { encodeStreamed, readChunk } from '@holdfast/protocol'
import { describe, expect } from 'vitest'
import { CONFLICT_MEDIA_OFFSET, type StoredAt } from '../../server/store/chunk-store.ts'
import { scanSegment } from '../../server/store/segment-reader.ts'
import type { StoreRecord } from '../../server/store/store-record.ts'
import { someChunk, someChunkFrame, someTakeFrame } from '../support/chunks.ts'
import { codeOf } from '../support/error-code.ts'
import {
  appendChunk,
  collect,
  id,
  type StoreBed,
  type StoreTest,
  testOn,
} from '../support/store-test.ts'
import { readsOn } from './chunk-store-reading.ts'

const records: StoreRecord[] = [
  {
    kind: 'meta',
    at: '2025-01-02T03:04:05.000Z',
    id: randomUUID(),
    createdAt: '2025-01-02T03:04:05.000Z',
    tokenHash: new Uint8Array(32).fill(9),
    tokenMayDelete: true,
    title: 'Ünïcode',
    metadata: { a: [1, { b: null }] },
    groupId: null,
    owner: 'someone',
    notify: { email: 'a@example.org' },
  },
  {
    kind: 'totals',
    at: '2025-01-02T03:04:06.000Z',
    takes: [{ take: 0, chunks: 4_294_967_296 }],
    reason: 'pagehide',
  },
  { kind: 'deleted', at: '2025-01-02T03:04:07.000Z', deleted: true },
]

export function chunkStoreContract(name: string, makeBed: () => Promise<StoreBed>): void {
  const it = testOn(makeBed)
  describe(`${name} keeps bytes`, () => keepsBytes(it))
  describe(`${name} reads on`, () => readsOn(it))
  describe(`${name} reaches nothing else`, () => keepsToItself(it))
  describe(`${name} keeps what a ledger can be rebuilt from`, () => keepsEvidence(it))
  describe(`${name} writes objects`, () => writesObjects(it))
  describe(`${name} removes and ends`, () => endsWell(it))
}

function keepsBytes(it: StoreTest): void {
  it('reads back every chunk of concurrent appends from its own place', async ({ store }) => {
    const seqs = Array.from({ length: 300 }, (_, seq) => seq)
    const places = await Promise.all(seqs.map((seq) => appendChunk(store, seq, 1000 + seq)))
    for (const [seq, at] of places.entries()) {
      const bytes = await store.read(id, at, 1000 + seq)
      expect(Buffer.compare(bytes, someChunk({ seq, length: 1000 + seq }).bytes)).toBe(0)
    }
    expect(new Set(places.map((at) => `${at.segment}:${at.offset}`)).size).toBe(300)
  })

  it('keeps recordings apart', async ({ store }) => {
    const others = Array.from({ length: 20 }, () => randomUUID())
    const places = await Promise.all(
      others.map((other, seq) => store.append(other, someChunkFrame({ seq }))),
    )
    for (const [seq, at] of places.entries()) {
      const bytes = await store.read(others[seq] ?? '', at, 1000)
      expect(Buffer.compare(bytes, someChunk({ seq }).bytes)).toBe(0)
    }
  })

  it('stores empty and large chunks', async ({ store }) => {
    const empty = await appendChunk(store, 0, 0)
    const large = await appendChunk(store, 1, 4 * 1024 * 1024)
    expect(await store.read(id, empty, 0)).toHaveLength(0)
    const bytes = await store.read(id, large, 4 * 1024 * 1024)
    expect(Buffer.compare(bytes, someChunk({ seq: 1, length: bytes.length }).bytes)).toBe(0)
  })

  it('reads any part of a chunk', async ({ store }) => {
    const { segment, offset } = await appendChunk(store, 5)
    const part = await store.read(id, { segment, offset: offset + 10 }, 20)
    expect([...part]).toEqual([...someChunk({ seq: 5 }).bytes.subarray(10, 30)])
  })

  it('streams the same bytes as it reads, and may be left early', async ({ store }) => {
    const at = await appendChunk(store, 0, 2_000_000)
    const whole = await collect(store.stream(id, at, 2_000_000))
    expect(Buffer.compare(whole, someChunk({ length: 2_000_000 }).bytes)).toBe(0)
    for await (const piece of store.stream(id, at, 2_000_000)) {
      expect(piece.length).toBeLessThan(2_000_000)
      break
    }
  })

  it('says bytes_damaged when the bytes are not there', async ({ store }) => {
    const at = await appendChunk(store, 0)
    expect(await codeOf(store.read(id, at, 1001))).toBe('bytes_damaged')
    expect(await codeOf(collect(store.stream(id, at, 1_000_000)))).toBe('bytes_damaged')
    const elsewhere = { segment: 'first-999.seg', offset: 0 }
    expect(await codeOf(store.read(id, elsewhere, 1))).toBe('bytes_damaged')
  })
}

function keepsToItself(it: StoreTest): void {
  it.for(['../x', '..', 'a/b.seg', '/etc/passwd', 'first-0.seg\0', '', 'first-0.seg/../x'])(
    'never leaves the folder for the key %j',
    async (segment, { store }) => {
      await appendChunk(store, 0)
      expect(await codeOf(store.read(id, { segment, offset: 0 }, 1))).toBe('store_failed')
      expect(await codeOf(collect(store.stream(id, { segment, offset: 0 }, 1)))).toBe(
        'store_failed',
      )
    },
  )

  it.for(['..', '../../etc', '', `${randomUUID()}/..`, randomUUID().toUpperCase()])(
    'takes nothing for the recording id %j',
    async (bad, { store }) => {
      expect(await codeOf(store.append(bad, someChunkFrame()))).not.toBe('no error')
      expect(await codeOf(store.purge(bad))).not.toBe('no error')
      expect(await codeOf(store.segments(bad))).not.toBe('no error')
    },
  )

  it('opens another segment after closeSegment, and both stay readable', async ({ store }) => {
    const before = await appendChunk(store, 0)
    await store.closeSegment(id)
    const after = await appendChunk(store, 1)
    expect(after.segment).not.toBe(before.segment)
    expect(await store.read(id, before, 1000)).toEqual(someChunk({ seq: 0 }).bytes)
    expect(await store.read(id, after, 1000)).toEqual(someChunk({ seq: 1 }).bytes)
  })

  it('never writes to the segment of another incarnation', async ({ bed, store }) => {
    const mine = await appendChunk(store, 0)
    const second = await bed.open('second')
    const theirs = await second.append(id, someChunkFrame({ seq: 1 }))
    const mineAgain = await appendChunk(store, 2)
    expect(theirs.segment).not.toBe(mine.segment)
    expect(mineAgain.segment).not.toBe(theirs.segment)
    expect(await store.read(id, theirs, 1000)).toEqual(someChunk({ seq: 1 }).bytes)
    await second.close()
  })
}

function keepsEvidence(it: StoreTest): void {
  it('keeps each conflicting copy once, in a file of its own', async ({ store }) => {
    const at = await appendChunk(store, 3)
    const copy = someChunk({ seq: 3, seed: 77, length: 500 })
    const keys = await Promise.all([
      store.keepConflict(id, copy),
      store.keepConflict(id, copy),
      store.keepConflict(id, someChunk({ seq: 3, seed: 78 })),
    ])
    expect(new Set(keys).size).toBe(2)
    const [segment] = keys
    const kept = await store.read(id, { segment, offset: CONFLICT_MEDIA_OFFSET }, 500)
    expect(kept).toEqual(copy.bytes)
    expect(await store.read(id, at, 1000)).toEqual(someChunk({ seq: 3 }).bytes)
    const listed = await store.segments(id)
    expect(listed.filter((info) => info.isConflict).map((info) => info.segment)).toEqual(
      [...new Set(keys)].sort(),
    )
  })

  it('holds in its segments all that a rebuilt ledger needs', async ({ store }) => {
    await store.append(id, someTakeFrame(2))
    const places = new Map<number, StoredAt>()
    for (const record of records) await store.appendRecord(id, record)
    for (const seq of [4, 0, 2]) places.set(seq, await appendChunk(store, seq))
    await store.closeSegment(id)
    places.set(9, await appendChunk(store, 9))

    const found: unknown[] = []
    for (const { segment, bytes } of await store.segments(id)) {
      const pieces = store.stream(id, { segment, offset: 0 }, bytes)
      for await (const entry of scanSegment(pieces, bytes)) {
        if (entry.kind === 'end')
          expect(entry).toEqual({ kind: 'end', reason: 'clean', validBytes: bytes })
        if (entry.kind === 'record') found.push(entry.record)
        if (entry.kind === 'take') found.push([entry.take, entry.body.mimeType])
        if (entry.kind !== 'chunk') continue
        const { seq } = entry.chunk
        expect({ segment, offset: entry.offset }).toEqual(places.get(seq))
        expect(entry.chunk).toEqual(readChunk(someChunkFrame({ seq })))
        found.push(seq)
      }
    }
    expect(found).toEqual([[2, 'video/webm'], ...records, 4, 0, 2, 9])
  })
}

async function* framesOf(seqs: readonly number[]) {
  for (const seq of seqs) yield encodeStreamed(someChunkFrame({ seq }))
}

function writesObjects(it: StoreTest): void {
  it('whole, in the order given, and never to one name twice', async ({ bed, store }) => {
    await appendChunk(store, 0)
    const object = await store.writeObject(id, framesOf([4, 2]), 5000)
    const again = await store.writeObject(id, framesOf([]), 0)
    const found: unknown[] = []
    const second = await bed.open('second')
    const pieces = second.stream(id, { segment: object.segment, offset: 0 }, object.bytes)
    for await (const entry of scanSegment(pieces, object.bytes)) {
      found.push(entry.kind === 'chunk' ? entry.chunk.seq : entry)
    }
    await second.close()
    expect(found).toEqual([4, 2, { kind: 'end', reason: 'clean', validBytes: object.bytes }])
    expect(again.segment).not.toBe(object.segment)
    expect((await store.segments(id)).filter((info) => info.isObject)).toHaveLength(2)
  })

  it('not at all for a recording that was purged, nor by half', async ({ store }) => {
    expect(await codeOf(store.writeObject(id, framesOf([1]), 1))).toBe('recording_deleted')
    await appendChunk(store, 0)
    async function* broken() {
      yield* framesOf([1, 2])
      throw new Error('the source is gone')
    }
    await expect(store.writeObject(id, broken(), 1)).rejects.toThrow('the source is gone')
    expect((await store.segments(id)).filter((info) => info.isObject)).toEqual([])
  })

  it('and removes one of them, again and again, and nothing else', async ({ store }) => {
    const at = await appendChunk(store, 0)
    const { segment } = await store.writeObject(id, framesOf([1]), 1)
    for (const _ of [1, 2]) await store.remove(id, segment)
    expect((await store.segments(id)).map((info) => info.segment)).toEqual([at.segment])
    expect(await codeOf(store.remove(id, '../x'))).toBe('store_failed')
  })
}

function endsWell(it: StoreTest): void {
  it('removes every byte on purge, again and again, and only of that recording', async ({
    store,
  }) => {
    const other = randomUUID()
    const kept = await store.append(other, someChunkFrame())
    await appendChunk(store, 0, 5000)
    await store.keepConflict(id, someChunk({ seed: 1 }))
    const { bytes } = await store.purge(id)
    expect(bytes).toBeGreaterThan(6000)
    expect(await store.segments(id)).toEqual([])
    expect(await store.purge(id)).toEqual({ bytes: 0 })
    expect(await store.purge(randomUUID())).toEqual({ bytes: 0 })
    expect(await store.read(other, kept, 1000)).toEqual(someChunk().bytes)
  })

  it('finishes what waits on close, and refuses what comes later', async ({ bed, store }) => {
    const waiting = [0, 1, 2].map((seq) => appendChunk(store, seq))
    // One turn of the event loop: the appends have passed the check of the reserve.
    await store.health()
    await new Promise((resolve) => setImmediate(resolve))
    await store.close()
    const places = await Promise.all(waiting)
    expect(await codeOf(appendChunk(store, 3))).toBe('shutting_down')
    const reopened = await bed.open('second')
    for (const [seq, at] of places.entries()) {
      expect(await reopened.read(id, at, 1000)).toEqual(someChunk({ seq }).bytes)
    }
    await reopened.close()
  })

  it('is healthy, and says so', async ({ store }) => {
    await appendChunk(store, 0)
    expect(await store.health()).toMatchObject({ state: 'ok', queuedBytes: 0, lastError: null })
  })
}
