// What the page of a recording knows of it: read when it opens, at every event, and while it grows. Holds the last answer
// when the server goes away.
import { effect, type ReadonlySignal, signal } from '@preact/signals'
import { RefusedError } from '../library/recordings-client.ts'
import { rows } from '../store/library.ts'
import { whenServerIsBack } from '../store/live-events.ts'
import { type Detail, readDetail, type Seen } from './detail.ts'

export type Standing = 'loading' | 'there' | 'unknown' | 'deleted' | 'closed' | 'expired' | 'away'

export type PageState = {
  readonly seen: Seen
  readonly info: ReadonlySignal<Detail | null>
  readonly standing: ReadonlySignal<Standing>
  /** The last look got no answer; `info` is from before. */
  readonly isAway: ReadonlySignal<boolean>
  readonly refresh: () => Promise<void>
}

const GROWTH_MS = 3_000
const AWAY_MS = 5_000
/** Who has waited this long for the first answer is told that there is none; it still counts when it comes. */
const LATE_MS = 8_000

const REFUSALS: Record<number, Standing> = {
  400: 'unknown',
  401: 'closed',
  403: 'closed',
  404: 'unknown',
  410: 'deleted',
}

function standingOf(error: unknown, { access }: Seen): Standing {
  const refused = error instanceof RefusedError ? REFUSALS[error.status] : undefined
  return refused === 'closed' && access !== null ? 'expired' : (refused ?? 'away')
}

/** Until `signal` aborts. */
export function watchRecording(seen: Seen, stop: AbortSignal): PageState {
  const info = signal<Detail | null>(null)
  const standing = signal<Standing>('loading')
  const isAway = signal(false)
  const take = (read: Detail) => {
    const known = info.value
    const isOld = known && (read.version < known.version || read.generation < known.generation)
    if (!isOld) info.value = read
    standing.value = 'there'
    isAway.value = false
  }
  const refresh = async () => {
    try {
      const read = await readDetail(seen)
      if (!stop.aborted) take(read)
    } catch (error) {
      if (stop.aborted) return
      const found = standingOf(error, seen)
      isAway.value = found === 'away'
      // No answer takes nothing away.
      if (found !== 'away' || !info.value) standing.value = found
    }
  }
  const state = { seen, info, standing, isAway, refresh }
  const late = setTimeout(() => {
    if (standing.value !== 'loading') return
    standing.value = 'away'
    isAway.value = true
  }, LATE_MS)
  stop.addEventListener('abort', () => clearTimeout(late), { once: true })
  if (seen.access === null) followRows(state, take, stop)
  else followLink(state, stop)
  followGrowth(state, stop)
  void refresh()
  return state
}

/** The list is kept current by events: what it learns of this recording is news here. */
function followRows(state: PageState, take: (read: Detail) => void, stop: AbortSignal): void {
  const { id } = state.seen
  let wasListed = false
  const end = effect(() => {
    const row = rows.value.find((one) => one.id === id)
    // The list alone tells less.
    if (row && 'complete' in row) take(row as Detail)
    if (wasListed && !row) void state.refresh()
    wasListed = row !== undefined
  })
  stop.addEventListener('abort', end, { once: true })
  whenServerIsBack(() => void state.refresh(), stop)
}

/** Who has only a link hears of this one recording. */
function followLink({ seen, refresh }: PageState, stop: AbortSignal): void {
  const { id, access } = seen
  const query = new URLSearchParams({ recording: id, access: access ?? '' })
  let events: EventSource
  const listen = () => {
    if (stop.aborted) return
    events = new EventSource(`/api/events?${query}`)
    events.onmessage = () => void refresh()
    // CONNECTING: the browser tries again by itself.
    events.onerror = () => {
      if (events.readyState === EventSource.CLOSED) setTimeout(listen, AWAY_MS)
      else void refresh()
    }
  }
  listen()
  stop.addEventListener('abort', () => events.close(), { once: true })
}

/** Chunks that are stored make no events; and a server that was away does not say that it is back. */
function followGrowth({ info, isAway, refresh }: PageState, stop: AbortSignal): void {
  let askedAt = performance.now()
  const look = () => {
    const isMoving = info.value?.status === 'recording' || info.value?.status === 'finalizing'
    const everyMs = isAway.value ? AWAY_MS : GROWTH_MS
    const isDue = performance.now() - askedAt >= everyMs
    if (document.visibilityState !== 'visible' || !isDue || !(isMoving || isAway.value)) return
    askedAt = performance.now()
    void refresh()
  }
  const timer = setInterval(look, 1000)
  stop.addEventListener('abort', () => clearInterval(timer), { once: true })
}
