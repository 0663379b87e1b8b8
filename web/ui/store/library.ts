// The recordings on the server as this page knows them: loaded by pages, kept current by events.
import { signal } from '@preact/signals'
import {
  listRecordings,
  type RecordingInfo,
  RefusedError,
  readRecording,
} from '../library/recordings-client.ts'
import { mergeRows, type Rows, replaceRows, withoutRow } from '../library/rows.ts'

const PAGE_SIZE = 30

export type ListState = 'loading' | 'loaded' | 'unreachable' | 'closed'

export const rows = signal<Rows>([])
export const listState = signal<ListState>('loading')
export const nextPage = signal<string | null>(null)
/** The recording whose player is open. */
export const openedId = signal<string | null>(null)

const isClosed = (error: unknown) =>
  error instanceof RefusedError && (error.status === 401 || error.status === 403)

export async function loadRecordings(after: string | null = null): Promise<void> {
  try {
    const page = await listRecordings(after, PAGE_SIZE)
    // A first page replaces: what was deleted elsewhere while nobody listened is gone from it.
    rows.value = (after ? mergeRows : replaceRows)(rows.value, page.recordings)
    nextPage.value = page.next
    listState.value = 'loaded'
  } catch (error) {
    listState.value = isClosed(error) ? 'closed' : 'unreachable'
  }
}

export async function refreshRecording(id: string): Promise<RecordingInfo | null> {
  try {
    const info = await readRecording(id)
    rows.value = mergeRows(rows.value, [info])
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
  rows.value = withoutRow(rows.value, id)
  if (openedId.value === id) openedId.value = null
}
