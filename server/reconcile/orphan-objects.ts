// Objects that no row names: a compaction was killed between writing one and moving the rows. What it holds lies in the
// segments it was copied from; that every row reads back well is asked before it goes (I4).
import { isCompactionIdle, readChunkPlaces, readRetired, readSegmentsInUse } from '@holdfast/db'
import { HoldfastError } from '@holdfast/protocol'
import { removeOrphanObjects } from '../compaction/orphan-objects.ts'
import { readChunkFrame } from '../compaction/stored-frames.ts'
import type { SegmentInfo } from '../store/chunk-store.ts'
import type { Findings, Mended, Site } from './finding.ts'
import { megabytes } from './megabytes.ts'
import type { StoredRecording } from './stored-recording.ts'

export async function* findOrphanObjects(site: Site, stored: StoredRecording): Findings {
  const { id, facts, settled } = stored
  const objects = settled.filter(({ isObject }) => isObject)
  if (facts?.state !== 'live' || objects.length === 0) return
  const { db } = site
  const retired = (await readRetired(db, id)).map(({ segment }) => segment)
  const known = new Set([...(await readSegmentsInUse(db, id)).keys(), ...retired])
  for (const object of objects) {
    if (known.has(object.segment)) continue
    yield {
      kind: 'orphan_object',
      recordingId: id,
      what: `${object.segment}, ${megabytes(object.bytes)}`,
      remedy: 'remove it, once every chunk is read where its row says',
      mend: () => remove(site, id, object),
    }
  }
}

async function remove(site: Site, id: string, object: SegmentInfo): Promise<Mended> {
  const { db, store } = site
  if (!(await isCompactionIdle(db, id))) {
    return { outcome: 'left', detail: 'a compaction is at it' }
  }
  try {
    for await (const place of readChunkPlaces(db, id)) {
      site.signal.throwIfAborted()
      await readChunkFrame(store, id, place)
    }
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    return {
      outcome: 'left',
      detail: `it may hold the only good copy of a chunk: ${error.message}`,
    }
  }
  const removed = await removeOrphanObjects({ db, store, recordingId: id }, [object])
  return removed.length > 0
    ? { outcome: 'mended', detail: 'removed' }
    : { outcome: 'left', detail: 'a row names it by now' }
}
