// Owns waiting. Timers of a hidden page are throttled to one a second, later to one a minute, and a paused
// recorder then looks dead; timers of a dedicated worker are not. Where a worker may not start (a strict
// CSP) the page's own timers serve: on a WebSocket the server's pings bridge the minute (protocol §2 rule 8).

/** One pending wake-up; setting it again replaces it. */
export interface Timer {
  set(delayMs: number, wake: () => void): void
  clear(): void
}

const WORKER_SOURCE = 'onmessage=({data:[id,ms]})=>setTimeout(()=>postMessage(id),ms)'

let worker: Worker | null | undefined
let lastId = 0
const waiting = new Map<number, () => void>()

function wake(id: number): void {
  const due = waiting.get(id)
  waiting.delete(id)
  due?.()
}

function startWorker(): Worker | null {
  const url = URL.createObjectURL(new Blob([WORKER_SOURCE], { type: 'text/javascript' }))
  try {
    const started = new Worker(url)
    started.onmessage = ({ data }) => wake(data)
    started.onerror = () => {
      worker = null
      for (const id of waiting.keys()) setTimeout(wake, 0, id)
    }
    return started
  } catch {
    return null
  } finally {
    // Later, since the worker loads it after this returns.
    setTimeout(() => URL.revokeObjectURL(url), 10_000)
  }
}

/** A timer that is not throttled while the page is hidden. */
export function pageTimer(): Timer {
  let id = 0
  return {
    set(delayMs, due) {
      waiting.delete(id)
      id = ++lastId
      waiting.set(id, due)
      worker ??= worker === null ? null : startWorker()
      if (worker) worker.postMessage([id, delayMs])
      else setTimeout(wake, delayMs, id)
    },
    clear() {
      waiting.delete(id)
    },
  }
}

/** For service workers, whose timers nobody throttles. */
export function plainTimer(): Timer {
  let handle: ReturnType<typeof setTimeout> | undefined
  return {
    set(delayMs, due) {
      clearTimeout(handle)
      handle = setTimeout(due, delayMs)
    },
    clear() {
      clearTimeout(handle)
    },
  }
}
