// Recordings that lie in the store and not in the ledger: it was lost, or an older one was restored. Adopted whole, out of what
// their segments say (R13), and only when that was asked for: a ledger that belongs to another store knows none of them.
import { adoptRecording, type FoundEvidence, type NewChunk, type NewTake } from '@holdfast/db'
import type { Finish } from '@holdfast/protocol'
import { toHex } from '@holdfast/protocol'
import type { OrphanPlace } from '../compaction/source-scan.ts'
import type { StoreRecord } from '../store/store-record.ts'
import { readConflictCopy } from './conflict-copy.ts'
import type { Finding, Findings, Mended, Site } from './finding.ts'
import { copyChunks, readFoundRecord, readFoundTake } from './found-frames.ts'
import { megabytes } from './megabytes.ts'
import type { StoredRecording } from './stored-recording.ts'

export async function* findUnknownRecording(site: Site, stored: StoredRecording): Findings {
  if (stored.facts !== null || stored.hasLivingWriter) return
  const { id, finds, settled } = stored
  const bytes = settled.reduce((sum, one) => sum + one.bytes, 0)
  const what = `${finds.takes.length} takes, ${finds.orphans.length} chunks, ${megabytes(bytes)}`
  const found = { kind: 'unknown_recording', recordingId: id, what } as const
  if (!finds.records.has('meta')) {
    const remedy = 'nothing: its segments do not say whose it is'
    yield { ...found, remedy, mend: null }
  } else if (!site.isRebuilding) {
    yield { ...found, remedy: '--rebuild adopts it, if it belongs to this ledger', mend: null }
  } else yield adoption(site, stored, found)
}

function adoption(
  site: Site,
  stored: StoredRecording,
  found: Pick<Finding, 'kind' | 'recordingId' | 'what'>,
): Finding {
  return { ...found, remedy: 'adopt it', mend: () => adopt(site, stored) }
}

async function adopt(site: Site, stored: StoredRecording): Promise<Mended> {
  const { id, finds } = stored
  const meta = await readFoundRecord(site, id, finds.records.get('meta'))
  if (meta?.kind !== 'meta' || meta.id !== id) {
    return { outcome: 'left', detail: 'its META is of another recording' }
  }
  await site.store.appendRecord(id, meta)
  const takes = await copyTakes(site, stored)
  const { chosen, isAll } = chooseChunks(stored, takes)
  const chunks = await copyAll(site, id, chosen)
  const totals = await copyRecord(site, stored, 'totals')
  const deleted = await copyRecord(site, stored, 'deleted')
  const evidence = { takes, chunks, conflicts: await readConflicts(site, stored) }
  const isAdopted = await adoptRecording(site.db, {
    ...evidence,
    recording: recordingOf(meta),
    finish: totals?.kind === 'totals' ? standingFinish(totals, evidence) : null,
    // Where not all of it was adopted nothing is given up.
    copied: isAll ? finds.spent : [],
    keepMs: site.keepMs,
    isDeleted: deleted?.kind === 'deleted' && deleted.deleted,
  })
  await site.store.closeSegment(id)
  if (!isAdopted) return { outcome: 'left', detail: 'the ledger knows it by now' }
  return { outcome: 'mended', detail: `adopted with ${chunks.length} chunks` }
}

function recordingOf(meta: Extract<StoreRecord, { kind: 'meta' }>): FoundEvidence['recording'] {
  const { kind: _kind, at: _at, createdAt, ...recording } = meta
  return { ...recording, createdAt: new Date(createdAt) }
}

async function copyTakes(site: Site, { id, finds }: StoredRecording): Promise<NewTake[]> {
  const takes: NewTake[] = []
  for (const place of finds.takes) {
    const { frame, take } = await readFoundTake(site, id, place)
    await site.store.append(id, frame)
    takes.push(take)
  }
  return takes
}

/** One for each number, of the takes that are known: the older one, unless that is the one that was refused. */
function chooseChunks(
  { conflicts, finds }: StoredRecording,
  takes: readonly NewTake[],
): { chosen: OrphanPlace[]; isAll: boolean } {
  const known = new Set(takes.map(({ take }) => take))
  const refused = new Set(conflicts.map(({ segment }) => segment))
  const chosen = new Map<string, OrphanPlace>()
  let isAll = true
  for (const one of finds.orphans) {
    const key = `${one.take}-${one.seq}`
    if (refused.has(`conflict-${key}-${toHex(one.sha256)}.seg`)) continue
    if (known.has(one.take) && !chosen.has(key)) chosen.set(key, one)
    else isAll = false
  }
  const sorted = [...chosen.values()].sort((a, b) => a.take - b.take || a.seq - b.seq)
  return { chosen: sorted, isAll }
}

async function copyAll(site: Site, id: string, places: readonly OrphanPlace[]) {
  const rows: NewChunk[] = []
  for await (const batch of copyChunks(site, id, places)) rows.push(...batch)
  return rows
}

async function copyRecord(
  site: Site,
  { id, finds }: StoredRecording,
  kind: 'totals' | 'deleted',
): Promise<StoreRecord | null> {
  const record = await readFoundRecord(site, id, finds.records.get(kind))
  if (record) await site.store.appendRecord(id, record)
  return record
}

async function readConflicts(site: Site, { id, conflicts }: StoredRecording) {
  const copies = await Promise.all(conflicts.map((info) => readConflictCopy(site, id, info)))
  return copies.filter((copy) => copy !== null)
}

type Known = Pick<FoundEvidence, 'takes' | 'chunks'>

/**
 * The FINISH that stands. A chunk at or past its take's total, or a take that was not declared, came after it and revoked it
 * (rule 7): the ledger forgets the totals then, without a word in the segment.
 */
export function standingFinish(
  { takes, reason }: Extract<StoreRecord, { kind: 'totals' }>,
  known: Known,
): Finish | null {
  if (reason === null) return null
  const declared = new Map(takes.map(({ take, chunks }) => [take, chunks]))
  const isRevoked =
    known.takes.some(({ take }) => !declared.has(take)) ||
    known.chunks.some(({ take, seq }) => seq >= (declared.get(take) ?? 0))
  return isRevoked ? null : { takes, reason }
}
