// Asks for single recordings where the list tells too little: which parts one of several takes has, and how far
// one has grown.
// One request at a time, and none while nobody looks or the server is away.
import { effect } from '@preact/signals'
import { isPartsUnknown } from '../library/parts.ts'
import type { RecordingInfo } from '../library/recordings-client.ts'
import { refreshRecording, rows } from './library.ts'
import { serverLink } from './live-events.ts'

/** Chunks that are stored make no events: a row that grows is read again this often. */
const GROWTH_MS = 5_000

const isAsked = () => serverLink.value === 'up' && document.visibilityState === 'visible'
const isGrowing = ({ status }: RecordingInfo) => status === 'recording'

/** Reads each row that `wants` it once, also those that come to want it meanwhile. */
async function readRows(wants: (row: RecordingInfo) => boolean): Promise<void> {
  const asked = new Set<string>()
  const next = () => rows.value.find((row) => !asked.has(row.id) && wants(row))
  for (let row = next(); row && isAsked(); row = next()) {
    asked.add(row.id)
    await refreshRecording(row.id)
  }
}

/** Runs `work` unless it still runs. */
function oneAtATime(work: () => Promise<void>): () => void {
  let isBusy = false
  return () => {
    if (isBusy) return
    isBusy = true
    void work().finally(() => {
      isBusy = false
    })
  }
}

const lookForParts = oneAtATime(() => readRows(isPartsUnknown))
const followGrowth = oneAtATime(() => readRows(isGrowing))

/** Until `signal` aborts. */
export function lookCloser(signal: AbortSignal): void {
  const look = () => {
    if (isAsked() && rows.value.some(isPartsUnknown)) lookForParts()
  }
  const stopLooking = effect(look)
  document.addEventListener('visibilitychange', look, { signal })
  const timer = setInterval(followGrowth, GROWTH_MS)
  const end = () => {
    stopLooking()
    clearInterval(timer)
  }
  signal.addEventListener('abort', end, { once: true })
}
