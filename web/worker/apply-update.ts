// Owns the page's side of an update: it is applied only while no tab records.
import { atMost } from '../session/bounded.ts'
import type { UpdateAnswer, WorkerMessage } from './worker-messages.ts'

const ANSWER_LIMIT_MS = 5_000

/**
 * Puts a waiting version of the app in charge unless a tab records, or still sends what it
 * recorded.
 * `waiting` = try again after it; `none` = there is no update. `controllerchange` follows `applied`.
 */
export async function applyUpdate(
  registration: ServiceWorkerRegistration,
): Promise<UpdateAnswer | 'none'> {
  const { waiting } = registration
  if (!waiting) return 'none'
  const { port1, port2 } = new MessageChannel()
  const answered = new Promise<UpdateAnswer>((resolve) => {
    port1.onmessage = ({ data }) => resolve(data)
  })
  const message: WorkerMessage = { type: 'holdfast:apply-update' }
  waiting.postMessage(message, [port2])
  try {
    const answer = await atMost(ANSWER_LIMIT_MS, answered)
    // A worker that drains would hold the new one back for minutes; the page goes on with its drains.
    const standDown: WorkerMessage = { type: 'holdfast:stand-down' }
    if (answer === 'applied') registration.active?.postMessage(standDown)
    return answer
  } catch {
    return 'waiting'
  } finally {
    port1.close()
  }
}
