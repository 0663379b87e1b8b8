// The recordings on the server as this page knows them, and which of them the list shows: loaded by pages, kept current
// by events.
import { batch, computed, signal } from '@preact/signals'
import { EVERYTHING, isSameQuery, type ListQuery } from '../library/list-query.ts'
import {
  type Listing,
  NO_LISTING,
  withChanged,
  withFirstPage,
  withNextPage,
  without,
} from '../library/listing.ts'
import {
  listRecordings,
  type RecordingInfo,
  type RecordingPage,
  RefusedError,
  readRecording,
} from '../library/recordings-client.ts'
import { mergeRows, type Rows, withoutRow } from '../library/rows.ts'
import { deleted, gone, noteBack } from './undo-offers.ts'

export const PAGE_SIZE = 50
/** From one attempt to the next, doubled each time. */
const [FIRST_RETRY_MS, LAST_RETRY_MS] = [2_000, 30_000]

export type ListState = 'loading' | 'loaded' | 'unreachable' | 'closed'

/** All that are known, newest first, whether or not the list shows them. */
export const rows = signal<Rows>([])
export const listQuery = signal<ListQuery>(EVERYTHING)
export const listing = signal<Listing>(NO_LISTING)
export const listState = signal<ListState>('loading')
/** What `listing` is the answer to: the query before, until there is an answer to the new one. */
const answered = signal<ListQuery>(EVERYTHING)
export const isAsking = computed(() => answered.value !== listQuery.value)
export const moreState = signal<'idle' | 'loading' | 'failed'>('idle')

const known = computed(() => new Map(rows.value.map((row) => [row.id, row])))

/** What the list shows, in its order. */
export const listed = computed<Rows>(() =>
  listing.value.ids.flatMap((id) => known.value.get(id) ?? []),
)

const isClosed = (error: unknown) =>
  error instanceof RefusedError && (error.status === 401 || error.status === 403)

let retry: ReturnType<typeof setTimeout> | undefined
let retryMs = FIRST_RETRY_MS

function retryLater(): void {
  clearTimeout(retry)
  retry = setTimeout(
    () => void (listState.value === 'loaded' ? loadMore() : loadRecordings()),
    retryMs,
  )
  retryMs = Math.min(2 * retryMs, LAST_RETRY_MS)
}

function stopRetrying(): void {
  clearTimeout(retry)
  retryMs = FIRST_RETRY_MS
}

const pageOf = ({ recordings, next }: RecordingPage): Listing => ({
  ids: recordings.map(({ id }) => id),
  next,
})

/** The list from its beginning. What of it was loaded before stays as far as it still holds. */
export async function loadRecordings(): Promise<void> {
  const query = listQuery.value
  try {
    const page = await listRecordings({ query, after: null, limit: PAGE_SIZE })
    if (query !== listQuery.value) return
    stopRetrying()
    batch(() => {
      rows.value = mergeRows(rows.value, page.recordings)
      listing.value = withFirstPage(isAsking.value ? NO_LISTING : listing.value, pageOf(page))
      answered.value = query
      listState.value = 'loaded'
      // Their offer to come back keeps its place, which the server no longer knows.
      for (const id of deleted.value.keys()) place(known.value.get(id))
    })
  } catch (error) {
    if (query !== listQuery.value) return
    listState.value = isClosed(error) ? 'closed' : 'unreachable'
    if (listState.value === 'unreachable') retryLater()
  }
}

/** What comes behind the rows that are shown. */
export async function loadMore(): Promise<void> {
  const [query, after] = [listQuery.value, listing.value.next]
  if (after === null || moreState.value === 'loading' || isAsking.value) return
  moreState.value = 'loading'
  const isCurrent = () => query === listQuery.value && after === listing.value.next
  try {
    const page = await listRecordings({ query, after, limit: PAGE_SIZE })
    if (!isCurrent()) return
    stopRetrying()
    batch(() => {
      rows.value = mergeRows(rows.value, page.recordings)
      listing.value = withNextPage(listing.value, pageOf(page))
      moreState.value = 'idle'
    })
  } catch {
    if (!isCurrent()) return
    moreState.value = 'failed'
    retryLater()
  } finally {
    if (moreState.value === 'loading') moreState.value = 'idle'
  }
}

/** Shows something else: as soon as the server has said it. */
export async function ask(query: ListQuery): Promise<void> {
  if (isSameQuery(query, listQuery.value)) return
  listQuery.value = query
  moreState.value = 'idle'
  stopRetrying()
  await loadRecordings()
}

function place(info: RecordingInfo | undefined, before = info): void {
  if (!info) return
  const query = answered.value
  const infoOf = (id: string) => known.value.get(id)
  listing.value = withChanged(listing.value, { info, before, query, known: infoOf })
}

export async function refreshRecording(id: string): Promise<RecordingInfo | null> {
  const wasGone = gone.value.has(id)
  try {
    const info = await readRecording(id)
    // Deleted since it was asked for: the answer is older than that.
    if (!wasGone && gone.value.has(id)) return null
    noteBack(id)
    const before = known.value.get(id)
    batch(() => {
      rows.value = mergeRows(rows.value, [info])
      place(known.value.get(id), before)
    })
    return info
  } catch (error) {
    // Gone is an answer; no answer is not, and the next event or reload asks again.
    if (error instanceof RefusedError && (error.status === 404 || error.status === 410)) {
      forgetRecording(id)
    }
    return null
  }
}

export function forgetRecording(id: string): void {
  batch(() => {
    rows.value = withoutRow(rows.value, id)
    listing.value = without(listing.value, id)
  })
}
