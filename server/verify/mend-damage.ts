// What is done about chunks whose stored bytes are not theirs: another copy takes their place where there is one, else they
// are marked, and count as missing from then on. Bytes that are right again count again. Right bytes behind a wrong head are
// written once more, behind the head that the ledger knows.
import {
  type ChunkPlace,
  commitChunks,
  compactAgain,
  type Db,
  markDamaged,
  type NewChunk,
  repointChunks,
} from '@holdfast/db'
import { chunkFrame } from '@holdfast/protocol'
import type { ChunkStore, StoredAt } from '../store/chunk-store.ts'
import { frameOf, reframed } from './chunk-framing.ts'
import { copyFound } from './good-copies.ts'
import { isSound } from './sound-bytes.ts'

export type Damage = {
  /** Found now. */
  readonly found: readonly ChunkPlace[]
  /** Their bytes are right, what stands in front of them is not. */
  readonly unframed: readonly ChunkPlace[]
  /** Marked before, and still not to be read. */
  readonly known: readonly ChunkPlace[]
  /** Marked before, and right again where they lie. */
  readonly returned: readonly ChunkPlace[]
}

type Ledgered = { db: Db; store: ChunkStore; recordingId: string; signal: AbortSignal }

/** Rows of one transaction: bounds how long the recording's lock is held. */
const ROWS_PER_STATEMENT = 1000

/** Resolves with those that lie somewhere else now, as they were. @throws as `copyFound`; what the database throws */
export async function mendDamage(
  of: Ledgered,
  { found, unframed, known, returned }: Damage,
): Promise<ChunkPlace[]> {
  const { db, store, recordingId, signal } = of
  await writeAnew(of, unframed)
  await restore(of, new Map(returned.map((place) => [place, place])))
  const lost = [...found, ...known]
  const copies = lost.length > 0 ? await copyFound(store, recordingId, lost, signal) : new Map()
  const unmarked = found.filter((place) => !copies.has(place))
  for (const place of found) {
    const copy = copies.get(place)
    // Lost the race: whoever moved it has checked its bytes, or the next pass finds it.
    if (copy) await repoint(of, place, copy)
  }
  for (const some of slices(unmarked)) await markDamaged(db, recordingId, some)
  const isKnown = new Set(known)
  await restore(of, new Map([...copies].filter(([place]) => isKnown.has(place))))
  return [...copies.keys(), ...unframed]
}

/** R10: in another segment. What lay behind a wrong length is found by the ledger only: all of it is to be copied soon. */
async function writeAnew(of: Ledgered, unframed: readonly ChunkPlace[]): Promise<void> {
  const { db, store, recordingId, signal } = of
  for (const place of unframed) {
    signal.throwIfAborted()
    const extent = frameOf(place)
    const chunk = reframed(await store.read(recordingId, extent, extent.bytes), place)
    // It may have changed since it was looked at: what is written must be what was acknowledged.
    if (isSound(chunk.bytes, place)) {
      await repoint(of, place, await store.append(recordingId, chunkFrame(chunk)))
    }
  }
  if (unframed.length > 0) await compactAgain(db, recordingId)
}

async function repoint({ db, recordingId }: Ledgered, place: ChunkPlace, copy: StoredAt) {
  const { take, seq, sha256, segment, offset } = place
  const move = { take, seq, sha256, from: { segment, offset }, offset: copy.offset }
  await repointChunks(db, recordingId, { object: copy.segment, moves: [move] })
}

/** As if a client had sent them again: the row is there, and takes the new place of the same bytes. */
async function restore(
  { db, recordingId }: Ledgered,
  places: ReadonlyMap<ChunkPlace, StoredAt>,
): Promise<void> {
  const rows = [...places].map(([place, { segment, offset }]): NewChunk => {
    const hints = { aligned: false, clusterMs: null, endMs: null, transport: 'http' } as const
    return { recordingId, ...place, ...hints, segment, offset }
  })
  for (const some of slices(rows)) await commitChunks(db, some, Number.MAX_SAFE_INTEGER)
}

function* slices<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let n = 0; n < all.length; n += ROWS_PER_STATEMENT) {
    yield all.slice(n, n + ROWS_PER_STATEMENT)
  }
}
