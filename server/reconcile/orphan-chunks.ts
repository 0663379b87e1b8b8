// Chunks of dead writers that no row names: synced, and the process died before their row; or the row was found damaged and
// this is another copy. They were never acknowledged, and may be all that is left of those seconds.
import {
  announceTake,
  commitChunks,
  judgeOrphans,
  keepConflict,
  type OrphanVerdict,
} from '@holdfast/db'
import { LIMITS, readChunk } from '@holdfast/protocol'
import type { OrphanPlace } from '../compaction/source-scan.ts'
import type { FramePlace } from '../compaction/stored-frames.ts'
import type { Findings, Mended, Site } from './finding.ts'
import { copyChunks, readFoundTake, readFrame } from './found-frames.ts'
import { megabytes } from './megabytes.ts'
import type { StoredRecording } from './stored-recording.ts'

type Orphans = {
  /** Heads that their chunks need, or that fill an empty one. */
  takes: FramePlace[]
  wanted: OrphanPlace[]
  conflicts: OrphanPlace[]
  /** Their take is nowhere. */
  headless: OrphanPlace[]
}

export async function* findOrphanChunks(site: Site, stored: StoredRecording): Findings {
  const { id, facts } = stored
  if (facts?.state !== 'live') return
  const { takes, wanted, conflicts, headless } = await sortOut(site, stored)
  const orphans = [...wanted, ...conflicts]
  const found = { kind: 'orphan_chunks', recordingId: id } as const
  if (takes.length + orphans.length > 0) {
    const bytes = orphans.reduce((sum, one) => sum + one.bytes, 0)
    const heads = takes.length > 0 ? `${takes.length} takes, ` : ''
    yield {
      ...found,
      what: `${heads}${orphans.length} chunks, ${megabytes(bytes)}`,
      remedy: 'copy them into a new segment and write their rows',
      mend: () => adopt(site, id, { takes, wanted, conflicts }),
    }
  }
  if (headless.length === 0) return
  const remedy = 'nothing: the head of their take is lost'
  yield { ...found, what: `${headless.length} chunks of an unknown take`, remedy, mend: null }
}

async function sortOut(site: Site, { id, facts, finds }: StoredRecording): Promise<Orphans> {
  const { orphans } = finds
  const verdicts = await judgeAll(site, id, orphans)
  const of = (verdict: OrphanVerdict) => orphans.filter((_, n) => verdicts[n] === verdict)
  const unannounced = of('take_unknown')
  const needed = new Set(unannounced.map(({ take }) => take))
  const takes: FramePlace[] = []
  const found = new Set<number>()
  for (const place of finds.takes) {
    const { take } = await readFoundTake(site, id, place)
    const known = facts?.takes.get(take.take)
    const fills = known && !known.hasInit && take.init && known.mimeType === take.mimeType
    if (!fills && !needed.has(take.take)) continue
    takes.push(place)
    found.add(take.take)
  }
  return {
    takes,
    wanted: [...of('wanted'), ...unannounced.filter(({ take }) => found.has(take))],
    conflicts: of('conflict').slice(0, LIMITS.maxConflictCopies),
    headless: unannounced.filter(({ take }) => !found.has(take)),
  }
}

const NAMES_PER_QUESTION = 1000

async function judgeAll({ db }: Site, id: string, orphans: readonly OrphanPlace[]) {
  const verdicts: OrphanVerdict[] = []
  for (let at = 0; at < orphans.length; at += NAMES_PER_QUESTION) {
    verdicts.push(...(await judgeOrphans(db, id, orphans.slice(at, at + NAMES_PER_QUESTION))))
  }
  return verdicts
}

async function adopt(
  site: Site,
  id: string,
  { takes, wanted, conflicts }: Omit<Orphans, 'headless'>,
): Promise<Mended> {
  for (const place of takes) {
    const { frame, take } = await readFoundTake(site, id, place)
    await site.store.append(id, frame)
    await announceTake(site.db, take)
  }
  let adopted = 0
  for await (const batch of copyChunks(site, id, wanted)) {
    const { outcomes } = await commitChunks(site.db, batch, site.maxRecordingBytes)
    adopted += outcomes.filter((one) => one === 'stored').length
  }
  for (const place of conflicts) await keepEvidence(site, id, place)
  await site.store.closeSegment(id)
  const rest = wanted.length - adopted
  const detail = `${adopted} chunks adopted${rest > 0 ? `, ${rest} not: there already, or the recording is full` : ''}`
  return { outcome: adopted + takes.length + conflicts.length > 0 ? 'mended' : 'left', detail }
}

/** As if it were offered now: other bytes have its number (rule 2). */
async function keepEvidence(site: Site, id: string, place: OrphanPlace): Promise<void> {
  const chunk = readChunk(await readFrame(site, id, place))
  const object = await site.store.keepConflict(id, chunk)
  const { take, seq } = chunk
  const { sha256, bytes } = place
  await keepConflict(site.db, { recordingId: id, take, seq, sha256, bytes, object })
}
