// A deletion may be asked of any instance and carried out by another: each lets go of what it holds of the recording. An
// open file would keep its bytes on the disk after they were removed.
import type { Log } from '../observe/log.ts'
import type { ChunkStore } from '../store/chunk-store.ts'
import type { EventFeed } from './event-feed.ts'

type Held = {
  store: Pick<ChunkStore, 'closeSegment'>
  /** Drops what is held in memory of a recording. */
  forget: (recordingId: string) => void
  log: Log
}

/** From now on, until the feed stops. */
export function forgetDeleted(feed: EventFeed, { store, forget, log }: Held): void {
  feed.subscribe('*', ({ type, id }) => {
    if (type !== 'deleted') return
    forget(id)
    // What is restored goes to another segment.
    store.closeSegment(id).catch((error) => log.warn({ recordingId: id, error }, 'still open'))
  })
}
