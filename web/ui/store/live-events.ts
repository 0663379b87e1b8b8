// Keeps the library current by Server-Sent Events, and knows from them whether the server answers.

import type { HoldfastEvent } from '@holdfast/protocol'
import { effect, signal, untracked } from '@preact/signals'
import { t } from '../strings/strings.ts'
import { forgetRecording, listState, loadRecordings, refreshRecording, rows } from './library.ts'
import { say } from './speech.ts'
import { deleted, noteGone } from './undo-offers.ts'

const RETRY_MS = 5_000
/** Events of one recording come in bursts; one look at it afterwards is enough. */
const SETTLE_MS = 150

export type ServerLink = 'connecting' | 'up' | 'away'
export const serverLink = signal<ServerLink>('connecting')

/** Calls `handler` each time that the server answers again, until `signal` aborts. */
export function whenServerIsBack(handler: () => void, signal: AbortSignal): void {
  let before = serverLink.peek()
  const end = effect(() => {
    const isBack = serverLink.value === 'up' && before === 'away'
    before = serverLink.value
    if (isBack) untracked(handler)
  })
  signal.addEventListener('abort', end, { once: true })
}

const pending = new Map<string, ReturnType<typeof setTimeout>>()

function refreshSoon(id: string): void {
  clearTimeout(pending.get(id))
  const look = () => {
    pending.delete(id)
    // Its row offers to bring it back: a look would find it gone and take the row away.
    if (!deleted.value.has(id)) void refreshRecording(id)
  }
  pending.set(id, setTimeout(look, SETTLE_MS))
}

function receive(event: HoldfastEvent): void {
  if (event.type === 'deleted') {
    // Nothing more is to be read of it.
    clearTimeout(pending.get(event.id))
    if (deleted.value.has(event.id)) return
    noteGone(event.id)
    forgetRecording(event.id)
    return
  }
  if (event.type === 'ready') {
    const title = rows.value.find((row) => row.id === event.id)?.title
    say(t.library.readySay(title || t.library.untitled))
  }
  refreshSoon(event.id)
}

async function reload(): Promise<void> {
  await loadRecordings()
  serverLink.value = listState.value === 'unreachable' ? 'away' : 'up'
}

/** Resumes without a hole: what happened while nobody listened comes first. */
let lastEventId = ''

/** Listens until `signal` aborts, while the tab is seen: each stream holds one of a browser's six connections. */
export function followEvents(signal: AbortSignal): void {
  let listening: AbortController | null = null
  const follow = () => {
    const isSeen = document.visibilityState === 'visible' && !signal.aborted
    if (!isSeen) listening?.abort()
    else if (!listening || listening.signal.aborted) {
      listening = new AbortController()
      listen(listening.signal)
    }
  }
  document.addEventListener('visibilitychange', follow, { signal })
  signal.addEventListener('abort', follow, { once: true })
  follow()
}

/** A stream that ends is opened again; the list is then read anew. */
function listen(signal: AbortSignal): void {
  const resumed = lastEventId && `?lastEventId=${encodeURIComponent(lastEventId)}`
  const events = new EventSource(`/api/events${resumed}`)
  events.onopen = () => void reload()
  events.onmessage = (message) => {
    lastEventId = message.lastEventId
    receive(JSON.parse(message.data))
  }
  events.onerror = () => {
    // CONNECTING: the browser retries by itself, with its Last-Event-ID; we only learn what is wrong.
    if (events.readyState === EventSource.CLOSED) void retry(signal)
    else if (serverLink.value !== 'away') void reload()
  }
  signal.addEventListener('abort', () => events.close(), { once: true })
}

async function retry(signal: AbortSignal): Promise<void> {
  await reload()
  if (listState.value === 'closed' || signal.aborted) return
  const timer = setTimeout(() => listen(signal), RETRY_MS)
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
}
