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

/** A timer that is not throttled while the page is hidden. */
export function pageTimer(): Timer {
  let id = 0
  return {
    set(delayMs, wake) {
      waiting.delete(id)
      id = ++lastId
      waiting.set(id, wake)
      if (worker === undefined) worker = startWorker()
      if (worker) worker.postMessage([id, delayMs])
      else setTimeout(wakeUp, delayMs, id)
    },
    clear() {
      waiting.delete(id)
    },
  }
}
