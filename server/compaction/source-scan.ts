// What the segments of a recording hold besides the chunks that the ledger names: the server's records, the takes, whole
// chunks that no row knows. All of it goes into the object, so that the ledger can be rebuilt from it as from them.
import { createHash } from 'node:crypto'
import { type ChunkName, type Db, findUnknownChunks } from '@holdfast/db'
import { toHex } from '@holdfast/protocol'
import {
  type ChunkStore,
  CONFLICT_MEDIA_OFFSET,
  PAYLOAD_OFFSET,
  type SegmentInfo,
} from '../store/chunk-store.ts'
import { compareAge } from '../store/recording-folder.ts'
import { type SegmentEnd, type SegmentEntry, scanSegment } from '../store/segment-reader.ts'
import type { StoreRecord } from '../store/store-record.ts'
import { type FramePlace, readStoredFrame } from './stored-frames.ts'

export type OrphanPlace = FramePlace & ChunkName & { readonly bytes: number }

export type Finds = {
  /** The newest of each kind. */
  readonly records: ReadonlyMap<StoreRecord['kind'], FramePlace>
  /** Each different TAKE once, in the order in which they were found. */
  readonly takes: readonly FramePlace[]
  /** Chunks with a good sha256 that no row names: never acked, and perhaps all that is left of them. */
  readonly orphans: readonly OrphanPlace[]
  /** Segments of which nothing but what is listed here and in the ledger is worth keeping. */
  readonly spent: readonly SegmentInfo[]
}

type Source = {
  db: Db
  store: Pick<ChunkStore, 'read' | 'stream'>
  recordingId: string
  signal: AbortSignal
}

/** Chunks asked about in one statement. */
const NAMES_PER_QUESTION = 500

/**
 * @param segments read in the order of their age: of what is there twice the older one comes first
 * @param rowEnds where the last chunk of the ledger ends in each segment
 */
export async function scanSources(
  source: Source,
  segments: readonly SegmentInfo[],
  rowEnds: ReadonlyMap<string, number>,
): Promise<Finds> {
  const scan = new SourceScan(source)
  const spent: SegmentInfo[] = []
  for (const info of segments.toSorted((a, b) => compareAge(a.segment, b.segment))) {
    if (await scan.read(info, rowEnds.get(info.segment) ?? 0)) spent.push(info)
  }
  return { ...scan.finds, spent }
}

class SourceScan {
  readonly #source: Source
  readonly #records = new Map<StoreRecord['kind'], FramePlace & { at: string }>()
  readonly #takes = new Map<string, FramePlace>()
  readonly #orphans = new Map<string, OrphanPlace>()
  #asked: OrphanPlace[] = []

  constructor(source: Source) {
    this.#source = source
  }

  get finds(): Omit<Finds, 'spent'> {
    return {
      records: this.#records,
      takes: [...this.#takes.values()],
      orphans: [...this.#orphans.values()],
    }
  }

  /** Whether all of it was understood: what was not stays where it is. */
  async read({ segment, bytes }: SegmentInfo, rowsEndAt: number): Promise<boolean> {
    const { store, recordingId, signal } = this.#source
    const pieces = store.stream(recordingId, { segment, offset: 0 }, bytes)
    let isWhole = true
    for await (const entry of scanSegment(pieces, bytes)) {
      signal.throwIfAborted()
      if (entry.kind === 'end') isWhole &&= isSpent(entry, rowsEndAt)
      else if (entry.kind === 'damaged') isWhole = false
      else await this.#note(segment, entry)
    }
    await this.#ask()
    return isWhole
  }

  async #note(segment: string, entry: Exclude<SegmentEntry, { kind: 'damaged' }>): Promise<void> {
    const { kind, offset } = entry
    const skip = kind === 'chunk' ? CONFLICT_MEDIA_OFFSET : PAYLOAD_OFFSET
    const place = { segment, offset: offset - skip }
    if (entry.kind === 'record') return this.#noteRecord(entry.record, place)
    if (entry.kind === 'take') return await this.#noteTake(place)
    const { take, seq, sha256, bytes } = entry.chunk
    // A view would keep the whole chunk in memory.
    this.#asked.push({ ...place, take, seq, sha256: sha256.slice(), bytes: bytes.length })
    if (this.#asked.length >= NAMES_PER_QUESTION) await this.#ask()
  }

  #noteRecord({ kind, at }: StoreRecord, place: FramePlace): void {
    const known = this.#records.get(kind)
    if (!known || known.at <= at) this.#records.set(kind, { ...place, at })
  }

  async #noteTake(place: FramePlace): Promise<void> {
    const { store, recordingId } = this.#source
    const stored = await readStoredFrame(store, recordingId, place)
    const key = createHash('sha256').update(stored).digest('hex')
    if (!this.#takes.has(key)) this.#takes.set(key, place)
  }

  async #ask(): Promise<void> {
    const { db, recordingId } = this.#source
    const asked = this.#asked
    this.#asked = []
    if (asked.length === 0) return
    for (const n of await findUnknownChunks(db, recordingId, asked)) {
      const one = asked[n]
      if (!one) continue
      const key = `${one.take}/${one.seq}/${toHex(one.sha256)}`
      if (!this.#orphans.has(key)) this.#orphans.set(key, one)
    }
  }
}

/** A frame cut off at the very end is what a crash leaves of a chunk that was never acked; rows behind it mean damage. */
function isSpent({ reason, validBytes }: SegmentEnd, rowsEndAt: number): boolean {
  return reason === 'clean' || (reason === 'torn' && rowsEndAt <= validBytes)
}
