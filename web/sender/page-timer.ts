// Owns waiting in a page. Timers of a hidden page are throttled to one a second, later to one a minute, and
// a paused recorder would then look dead; those of a dedicated worker are not. Where it cannot be loaded the
// page's own serve: on a WebSocket the server's pings bridge the minute (protocol §2 rule 8).
import type { Timer } from './timer.ts'

let worker: Worker | null | undefined
let lastId = 0
const waiting = new Map<number, () => void>()

function wakeUp(id: number): void {
  const due = waiting.get(id)
  waiting.delete(id)
  due?.()
}

function startWorker(): Worker | null {
  try {
    const started = new Worker(new URL('./timer-worker.ts', import.meta.url), { type: 'module' })
    started.onmessage = ({ data }) => wakeUp(data)
    started.onerror = () => {
      worker = null
      for (const id of waiting.keys()) setTimeout(wakeUp, 0, id)
    }
    return started
  } catch {
    return null
  }
}

/** @returns its number, by which it can be called off */
function callLater(delayMs: number, due: () => void): number {
  const id = ++lastId
  waiting.set(id, due)
  if (worker === undefined) worker = startWorker()
  if (worker) worker.postMessage([id, delayMs])
  else setTimeout(wakeUp, delayMs, id)
  return id
}

/**
 * A timer that is not throttled while the page is hidden. The uploader sets it with each of its steps, nearly always to
 * a later moment: one call that is under way serves for that, and is made anew only when it comes too early.
 */
export function pageTimer(): Timer {
  let pending: { dueAt: number; wake: () => void } | null = null
  let called = { id: 0, at: Number.POSITIVE_INFINITY }
  const call = (at: number) => {
    waiting.delete(called.id)
    called = { id: callLater(Math.ceil(at - performance.now()), look), at }
  }
  const look = () => {
    called = { id: 0, at: Number.POSITIVE_INFINITY }
    if (!pending) return
    const { dueAt, wake } = pending
    if (performance.now() < dueAt) return call(dueAt)
    pending = null
    wake()
  }
  return {
    set(delayMs, wake) {
      const dueAt = performance.now() + delayMs
      pending = { dueAt, wake }
      if (dueAt < called.at) call(dueAt)
    },
    clear() {
      pending = null
    },
  }
}
