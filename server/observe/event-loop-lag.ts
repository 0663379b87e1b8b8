// How late timers come: the one number that says the event loop is blocked. Measured with a plain timer,
// because Bun has no monitorEventLoopDelay that can be trusted.

const TICK_MS = 250
const WINDOW_TICKS = 20

/** Reports the longest delay of each window of 5 s; returns what stops it. Never keeps the process alive. */
export function measureLag(report: (seconds: number) => void): () => void {
  let expectedAt = performance.now() + TICK_MS
  let worstMs = 0
  let ticks = 0
  const timer = setInterval(() => {
    const now = performance.now()
    worstMs = Math.max(worstMs, now - expectedAt)
    expectedAt = now + TICK_MS
    ticks += 1
    if (ticks < WINDOW_TICKS) return
    report(worstMs / 1000)
    worstMs = 0
    ticks = 0
  }, TICK_MS)
  timer.unref()
  return () => clearInterval(timer)
}
