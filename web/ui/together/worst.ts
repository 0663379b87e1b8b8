// What is said of several recordings at once: never better than of the worst of them. Pure.
import type { Connection, Progress, UploadState } from '../../index.ts'

/** The first of these that any of them is in: what still records, then what went wrong, then what is not done. */
const ORDER: readonly UploadState[] = [
  'recording',
  'paused',
  'stopping',
  'failed',
  'partial',
  'saving',
  'safe',
  'ready',
]

export function worstState(states: readonly UploadState[]): UploadState {
  return ORDER.find((state) => states.includes(state)) ?? 'ready'
}

const most = (numbers: readonly number[]) => Math.max(...numbers)
const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0)

/** As long as the longest; what waits is what waits of the one that is furthest behind. */
export function worstProgress(all: readonly Progress[]): Progress {
  const recordedMs = most(all.map((one) => one.recordedMs))
  return {
    recordedMs,
    bufferedMs: recordedMs - most(all.map((one) => one.recordedMs - one.bufferedMs)),
    ackedMs: recordedMs - most(all.map((one) => one.recordedMs - one.ackedMs)),
    chunks: sum(all.map((one) => one.chunks)),
    ackedChunks: sum(all.map((one) => one.ackedChunks)),
    waitingBytes: sum(all.map((one) => one.waitingBytes)),
    memoryBytes: sum(all.map((one) => one.memoryBytes)),
  }
}

/** Of those that still send: away before HTTP before WebSocket before WebTransport. */
export function worstConnection(sending: readonly Connection[]): Connection | undefined {
  return (
    sending.find(({ online }) => !online) ??
    sending.find(({ rung }) => rung === 'http') ??
    sending.find(({ rung }) => rung === 'websocket') ??
    sending[0]
  )
}
