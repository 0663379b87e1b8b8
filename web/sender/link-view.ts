// Owns what an app is told of the connection: from the server's answers alone.
import type { Connection } from '../session/recording.ts'
import type { Uploader } from './uploader-state.ts'

/** Without an answer for this long the server counts as away. */
const SILENCE_MS = 3_000

export function viewLink({ link, ackTimeoutMs }: Uploader): Connection {
  const now = performance.now()
  const open = link.at === 'open' ? link : null
  const since = open?.waitingSince ?? now
  return {
    rung: open?.rung ?? 'none',
    online: open !== null && now - since < Math.max(SILENCE_MS, ackTimeoutMs / 2),
    retryAt: link.at === 'waiting' ? Math.round(Date.now() + link.until - now) : null,
  }
}

/** Two readings of the clock make the same moment differ by a little. */
export function isSame(a: Connection, b: Connection): boolean {
  const apartMs = Math.abs((a.retryAt ?? 0) - (b.retryAt ?? 0))
  return a.rung === b.rung && a.online === b.online && apartMs < 50
}
