// A TAKE becomes durable: in the segment first, with the recording's META before it (R13), then in the ledger.
import { announceTake, purgeAgain, type TakeOutcome } from '@holdfast/db'
import { startIndex } from '@holdfast/media'
import { type ErrorCode, type Frame, HoldfastError, type Take } from '@holdfast/protocol'
import { metaOf } from '../store/store-record.ts'
import type { IngestDeps } from './deps.ts'
import type { LiveRecording } from './live-recording.ts'

type TakeArrival = { live: LiveRecording; value: Frame; announced: Take }

const REFUSALS: Record<TakeOutcome, ErrorCode | null> = {
  stored: null,
  duplicate: null,
  conflict: 'take_conflict',
  deleted: 'recording_deleted',
  unknown: 'recording_unknown',
}

/** null when the take is durable and may be acked, else the code to refuse it with. */
export async function storeTake(deps: IngestDeps, arrival: TakeArrival): Promise<ErrorCode | null> {
  const { live, value, announced } = arrival
  const known = live.takes.get(value.take)
  // A repeat that the ledger has already, or a conflict with it: nothing to store.
  if (known && !(announced.init && !known.init)) return compare(known, announced)
  try {
    const meta = metaOf(live.row, live.row.lastSeenAt)
    await Promise.all([deps.store.appendRecord(live.id, meta), deps.store.append(live.id, value)])
    const outcome = await announce(deps, arrival)
    if (outcome === 'stored' || outcome === 'duplicate') {
      const maxSeq = known?.maxSeq ?? -1
      // Nothing of a new take can be stored yet; one that got its init later is indexed anew.
      if (!known && outcome === 'stored') {
        const state = startIndex(announced.init)
        const hasInit = announced.init !== null
        live.tails.set(value.take, { firstSeq: 0, nextSeq: 0, state, hasInit })
      } else live.tails.forget(value.take)
      live.takes.set(value.take, { mimeType: announced.mimeType, init: announced.init, maxSeq })
    }
    if (outcome === 'deleted') await purgeAgain(deps.db, live.id)
    return REFUSALS[outcome]
  } catch (cause) {
    const isGone = cause instanceof HoldfastError && cause.code === 'recording_deleted'
    if (isGone) return 'recording_deleted'
    deps.onFault(live.id, cause)
    return 'unavailable'
  }
}

async function announce(deps: IngestDeps, { live, value, announced }: TakeArrival) {
  const { mimeType, init } = announced
  const startedAt = new Date(announced.startedAt)
  return await announceTake(deps.db, {
    recordingId: live.id,
    take: value.take,
    mimeType,
    init,
    startedAt,
  })
}

function compare(
  known: { mimeType: string; init: Uint8Array | null },
  announced: Take,
): ErrorCode | null {
  if (known.mimeType !== announced.mimeType) return 'take_conflict'
  if (!announced.init || !known.init) return null
  return Buffer.compare(known.init, announced.init) === 0 ? null : 'take_conflict'
}
