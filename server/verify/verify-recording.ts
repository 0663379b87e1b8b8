// Reads everything of a recording that the ledger names, from where it lies, and compares it with its sha256. What is not
// as it was acknowledged is looked at twice before anybody says so, and mended or marked only if asked to.
import {
  type ChunkPlace,
  type Db,
  findPlaces,
  readChunkPlaces,
  readDamagedPlaces,
  readPlacesOf,
} from '@holdfast/db'
import type { ChunkStore } from '../store/chunk-store.ts'
import { frameOf, isFramed, mediaOf } from './chunk-framing.ts'
import { type Damage, mendDamage } from './mend-damage.ts'
import { isSound } from './sound-bytes.ts'

export type VerifyDeps = { readonly db: Db; readonly store: ChunkStore }

export type VerifyOptions = {
  /** Mends what can be mended and marks the rest as damaged; without it nothing is changed. */
  readonly mark: boolean
  readonly signal?: AbortSignal
  /** Begins behind this chunk. */
  readonly after?: Position
  /**
   * After each chunk that was read; what it returns is waited for. Whoever breaks off and goes on later begins in front of
   * the first that was not sound: it is settled at the end only.
   */
  readonly onChunk?: (place: ChunkPlace, isSound: boolean) => Promise<void> | void
}

export type Position = Pick<ChunkPlace, 'take' | 'seq'>

export type VerifyReport = {
  readonly recordingId: string
  /** Chunks that were read and are as they were acknowledged, and their bytes. */
  readonly chunks: number
  readonly bytes: number
  /** Found damaged now, and no other copy is known: missing until somebody sends them again. */
  readonly damaged: readonly ChunkPlace[]
  /** The same, marked before. */
  readonly known: readonly ChunkPlace[]
  /** Damaged, and another copy took their place; or what stood in front of them was, and was written anew. */
  readonly recovered: readonly ChunkPlace[]
  /** Marked as damaged before, and right again. */
  readonly returned: readonly ChunkPlace[]
  /** Not to be read, like everything else of this recording: the store is away, or all of it is gone. Never marked. */
  readonly unreadable: readonly ChunkPlace[]
}

/** What became of the chunks that were not right. */
export type Findings = Omit<VerifyReport, 'chunks' | 'bytes' | 'recordingId'>

/** Marked chunks that one pass looks at again. */
const MAX_KNOWN = 10_000

const NEVER = new AbortController().signal

/**
 * @throws `signal.reason`; what the store throws when a copy cannot be written, or when it does not even list what it has; what
 * the database throws
 */
export async function verifyRecording(
  deps: VerifyDeps,
  recordingId: string,
  options: VerifyOptions,
): Promise<VerifyReport> {
  const { signal = NEVER, after, onChunk } = options
  const suspects: ChunkPlace[] = []
  let chunks = 0
  let bytes = 0
  let control: ChunkPlace | null = null
  for await (const place of readChunkPlaces(deps.db, recordingId, after)) {
    signal.throwIfAborted()
    const state = await look(deps.store, recordingId, place)
    const isSound = state === 'sound'
    // A store that answers nothing at all is not asked for half a million chunks.
    if (state === 'unreadable' && !control) await deps.store.segments(recordingId)
    if (isSound) {
      chunks += 1
      bytes += place.bytes
      control = place
    } else suspects.push(place)
    await onChunk?.(place, isSound)
  }
  const settled = await settle(deps, { recordingId, suspects, control }, options)
  return { recordingId, chunks, bytes, ...settled }
}

/** The same for the chunks of these bytes only, which somebody could not read. */
export async function verifyBytes(
  deps: VerifyDeps,
  recordingId: string,
  sha256: Uint8Array,
): Promise<Findings> {
  const suspects = await findPlaces(deps.db, recordingId, sha256)
  return await settle(deps, { recordingId, suspects, control: null }, { mark: true })
}

type Suspicion = {
  recordingId: string
  suspects: readonly ChunkPlace[]
  /** A chunk that could be read a moment ago. */
  control: ChunkPlace | null
}

async function settle(
  deps: VerifyDeps,
  suspicion: Suspicion,
  { mark, signal = NEVER }: VerifyOptions,
): Promise<Findings> {
  const { recordingId } = suspicion
  const { found, unframed, unreadable } = await confirm(deps, suspicion)
  const marked = await readDamagedPlaces(deps.db, recordingId, MAX_KNOWN)
  const [returned, known] = await split(marked, async (place) => {
    return (await look(deps.store, recordingId, place)) === 'sound'
  })
  const damage: Damage = { found, unframed, known, returned }
  const recovered = mark ? await mendDamage({ ...deps, recordingId, signal }, damage) : []
  const isLost = (place: ChunkPlace) => !recovered.includes(place)
  return {
    damaged: [...found, ...unframed].filter(isLost),
    known: known.filter(isLost),
    ...{ recovered, returned, unreadable },
  }
}

type Confirmed = Pick<Damage, 'found' | 'unframed'> & { unreadable: readonly ChunkPlace[] }

/** What is still not right at a second look, where its row says that it lies by then. */
async function confirm(
  { db, store }: VerifyDeps,
  { recordingId, suspects, control }: Suspicion,
): Promise<Confirmed> {
  const found: ChunkPlace[] = []
  const unframed: ChunkPlace[] = []
  const unreadable: ChunkPlace[] = []
  for (const place of await readPlacesOf(db, recordingId, suspects)) {
    const state = await look(store, recordingId, place)
    if (state === 'changed') found.push(place)
    else if (state === 'unframed') unframed.push(place)
    else if (state !== 'sound') unreadable.push(place)
  }
  const isHere = unreadable.length === 0 || (await isStoreHere(store, recordingId, control))
  if (!isHere) return { found, unframed, unreadable }
  return { found: [...found, ...unreadable], unframed, unreadable: [] }
}

/** Whether that something is not there says anything about it: a folder that is not mounted has nothing either. */
async function isStoreHere(
  store: ChunkStore,
  recordingId: string,
  control: ChunkPlace | null,
): Promise<boolean> {
  if (control) return (await look(store, recordingId, control)) === 'sound'
  return (await store.segments(recordingId)).length > 0
}

/** `changed`: other bytes lie there · `unframed`: the right ones behind a wrong head · `unreadable`: none that could be read. */
async function look(
  store: ChunkStore,
  recordingId: string,
  chunk: ChunkPlace,
): Promise<'sound' | 'changed' | 'unframed' | 'unreadable'> {
  const extent = frameOf(chunk)
  const stored = await store.read(recordingId, extent, extent.bytes).catch(() => null)
  if (!stored) return 'unreadable'
  if (!isSound(mediaOf(stored), chunk)) return 'changed'
  return isFramed(stored, chunk) ? 'sound' : 'unframed'
}

async function split<T>(
  all: readonly T[],
  isFirst: (one: T) => Promise<boolean>,
): Promise<[first: T[], rest: T[]]> {
  const first: T[] = []
  const rest: T[] = []
  for (const one of all) ((await isFirst(one)) ? first : rest).push(one)
  return [first, rest]
}
